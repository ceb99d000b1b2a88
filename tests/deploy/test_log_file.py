"""Logs are bounded, and never stop the process that writes them."""

from pathlib import Path

from deploy.log_file import OLDER_FILES, LogFile


def test_what_is_said_is_appended(tmp_path: Path):
    log = LogFile(tmp_path / "web.log")
    log.write(b"one\n")
    log.write("二\n".encode())
    assert log.path.read_text(encoding="utf-8") == "one\n二\n"


def test_a_full_file_makes_room_for_a_new_one(tmp_path: Path):
    log = LogFile(tmp_path / "web.log", largest=10)
    log.write(b"12345678\n")
    log.write(b"next\n")
    assert log.path.read_bytes() == b"next\n"
    assert (tmp_path / "web.log.1").read_bytes() == b"12345678\n"


def test_only_so_many_older_files_are_kept(tmp_path: Path):
    log = LogFile(tmp_path / "web.log", largest=1)
    for number in range(OLDER_FILES + 5):
        log.write(b"%d" % number)
    assert len(list(tmp_path.iterdir())) == OLDER_FILES + 1
    assert (tmp_path / f"web.log.{OLDER_FILES}").read_bytes() == b"%d" % 4


def test_a_log_that_cannot_be_written_is_lost_without_harm(tmp_path: Path):
    log = LogFile(tmp_path / "missing" / "web.log")
    log.write(b"lost\n")
    assert not log.path.exists()
    assert log.last_line() == ""


def test_the_last_line_is_found(tmp_path: Path):
    log = LogFile(tmp_path / "web.log")
    log.write(b"Traceback\nImportError: no such module\n\n")
    assert log.last_line() == "ImportError: no such module"
