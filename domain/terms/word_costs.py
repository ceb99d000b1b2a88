"""How well a run of characters reads as words: the cheapest way to cut it (decision 0044)."""

from typing import Final, NamedTuple

from domain.terms.lexicon import lexicon

_UNKNOWN: Final = 17.0  # a character of which the dictionary knows nothing


class Costs(NamedTuple):
    """What reading a run as words costs up to each place, and from each place on."""

    before: list[float]
    after: list[float]


def costs_of(run: str) -> Costs:
    """The costs of the cheapest ways to cut a run into words."""
    single = [lexicon().words.get(character, _UNKNOWN) for character in run]
    edges = _edges(run)
    before, after = [0.0], [0.0]
    for place, cost in enumerate(single, start=1):
        best = before[-1] + cost
        for start, word in edges.get(place, ()):
            if before[start] + word < best:  # noqa: PLR1730  twice as fast as a call
                best = before[start] + word
        before.append(best)
    starts = _turned(edges)
    length = len(run)
    for place in range(length - 1, -1, -1):  # `after` grows from its end
        best = after[-1] + single[place]
        for end, word in starts.get(place, ()):
            if after[length - end] + word < best:  # noqa: PLR1730  as above
                best = after[length - end] + word
        after.append(best)
    after.reverse()
    return Costs(before, after)


_Edges = dict[int, list[tuple[int, float]]]


def _edges(run: str) -> _Edges:
    """The words of two and more characters in a run, by where they end: where each begins, and its cost."""
    words, longest = lexicon().words, lexicon().longest
    edges: _Edges = {}
    for place in range(len(run) - 1):
        most = longest.get(run[place : place + 2])
        if most is None:
            continue
        for end in range(place + 2, place + min(most, len(run) - place) + 1):
            cost = words.get(run[place:end])
            if cost is not None:
                edges.setdefault(end, []).append((place, cost))
    return edges


def _turned(edges: _Edges) -> _Edges:
    """The same by where they begin."""
    turned: _Edges = {}
    for end, words in edges.items():
        for start, cost in words:
            turned.setdefault(start, []).append((end, cost))
    return turned
