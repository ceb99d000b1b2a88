"""What a bundle says in words, in Chinese: the case from its first event to its last,
and how the bundle is checked.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from domain.case.state import Incident
from domain.catalogue import Decision
from domain.terms.vocabulary import Marking
from storage.audit_book import Origin
from storage.regulation_text import sentences
from words.labels import label_of, word
from words.language import Language, speak, spoken
from words.timeline import TimelineItem, timeline
from words.wording import absolute

README: Final = """回应 · 证据包 / Huiying · evidence bundle

本包是一件政务舆情事件的全部记录和证明，不需要本系统即可核验，十年之后亦然。
This bundle holds all records of one incident with their proof; it is checked without the system that wrote it.

{about}

怎样核验 How to check it
  1. sha256sum 本文件包，与出具时另行告知的校验值比对。 Compare the SHA-256 of the file with what you were told elsewhere.
  2. python3 verify.py 证据包.zip        （Python 3.10 以上，只用标准库；签名用 openssl）
     unzip -p 证据包.zip verify.py > verify.py 可取出 verify.py；更稳妥的是用另行取得的同一文件，或按 docs/bundle.md 自己写一个。
     Better than the verify.py in here is one from elsewhere, or your own from the page of the format.
  3. 签名一条命令 The signature by one command, with the three files of proof/ taken out:
     openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in checkpoint.body -sigfile checkpoint.sig
     SM2 的密钥另加 with a key of SM2 add: -digest sm3 -pkeyopt distid:1234567812345678
  4. 时间戳（stamps/ 里有才做），每个一条命令 Each time stamp, where stamps/ has any, by one command:
     openssl ts -verify -data 0001.note -in 0001.tsr -CAfile 0001.pem
     机构的证书已过期时加 -attime 盖戳时刻的秒数；证书由出具单位附上，请与机构公布的核对。时间戳答复的内容：openssl ts -reply -in 0001.tsr -text
     Where the authority's certificates have run out add -attime SECONDS of the stamped instant. Compare the certificates with the authority's own.
  5. 密钥是谁的，本包自己证明不了：请与留存在外的存证点文件核对（--checkpoints 文件）。
     Whose the key is no bundle can prove by itself: compare with checkpoints that were kept elsewhere.

里面有什么 What is in it
  manifest.json        每个文件的 SHA-256 · the SHA-256 of each file
  certificates/        时限凭证，每项任务一份 · the certificate of each deadline
  case/events.txt      经过，逐条中文 · what happened, in words
  case/decisions.jsonl 决定，逐条相连 · the decisions, each joined to the one before
  case/texts.jsonl     各段文字及其盐值；已删减的注明何时、为何 · the texts with their salts, or when and why they went
  case/attachments.jsonl, files/       附件 · attached files
  case/histories.jsonl, histories/     流程引擎的历史：.bin 为存档原样，.json 为打开后的内容 · the engine's histories, as kept and as opened
  case/forked.jsonl, case/gave_way.jsonl, case/reductions.jsonl   分叉、让位的决定，文字删减 · forks, what gave way, reductions
  case/law.json        办理所依规定、参数、日历 · the law, parameters and calendar in force for the case
  book/entries.jsonl   审计簿中关于本件的条目 · what the audit book has about the case
  stamps/              时间戳：.note 所盖的存证点，.tsq 请求，.tsr 答复，.pem 机构的证书 · time stamps: what is stamped, request, response, certificates
  proof/               存证点、密钥、包含证明、出具本包的条目 · checkpoint, keys, proofs, the entry of this export

能证明什么、不能证明什么 What it proves, and what it cannot
  能：每条记录都在签署时的存证日志之中，此后没有改动，次序如此；本包的每个字节都由那次签署覆盖。
  不能：录入时是否属实；从未登记的事；存证点没有留存在外时，掌握整台机器的人重写全部记录。
  It proves that each record stood in the signed log, unchanged since and in this order, and covers every byte of this file.
  It cannot prove the truth of what was entered, nor what was never entered; nor, without a checkpoint kept elsewhere, that
  whoever holds the whole machine did not write everything anew.
"""


def about_case(incident: Incident, origin: Origin, at: datetime, code: str = "") -> Iterator[str]:
    """What a bundle is about; that of a marked case says first how it is to be handled,
    who took it and when (decision 0034); `code` is that of the last checkpoint before, empty for none.
    """
    mark = label_of(incident.gravest_marking)
    if incident.gravest_marking is not Marking.NONE:
        taken = f"{origin.person or origin.means}　{absolute(at)}"
        yield (
            f"【{mark.zh}】{taken}，须按此管理，不得外传。 {mark.en}: taken by {taken}; not to be passed on."
        )
    yield f"{incident.number}　{incident.title}"
    until = f"记录至第 {incident.event_number} 号 up to event {incident.event_number}"
    yield f"登记 registered {absolute(incident.registered_at)}（北京时间），{until}"
    if code:
        yield f"出具前最后一个存证点的存证码 code of the last checkpoint before: {code}"


def case_words(incident: Incident, decisions: Sequence[Decision]) -> str:
    """The case in words, its earliest event first, whatever language was spoken."""
    before = spoken()
    speak(Language.CHINESE)
    try:
        told_of = timeline(incident, decisions, sentences(incident.law.regulation))
        return "\n".join([*_heading(incident), "", *_lines(reversed(told_of))]) + "\n"
    finally:
        speak(before)


def _heading(incident: Incident) -> Iterator[str]:
    yield f"{incident.number}　{incident.title}"
    yield (
        f"阶段：{word(incident.stage)}　登记：{absolute(incident.registered_at)}　记录至第"
        f" {incident.event_number} 号"
    )
    if incident.drill is not None:
        yield "演练：不是真实事件。"
    if incident.gravest_marking is not Marking.NONE:
        yield f"标识：{word(incident.gravest_marking)}，须按此管理，不得外传。"
    yield "时刻均为北京时间。"


def _lines(entries: Iterable[TimelineItem], indent: str = "") -> Iterator[str]:
    for entry in entries:
        late = f"（{entry.recorded.text} 记录）" if entry.recorded else ""
        yield f"{indent}{entry.number}　{entry.happened.text}{late}　{entry.who}　{entry.name}"
        if entry.text:
            yield from (f"{indent}　　{line}" for line in entry.text.splitlines())
        if entry.why:
            yield f"{indent}　　缘由：{entry.why}"
        if entry.clause is not None:
            yield f"{indent}　　依据：{entry.clause.name}"
        yield from _lines(entry.follows, f"{indent}　　")
