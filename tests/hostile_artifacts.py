"""What a machine that is not ours any more might leave: the table of attacks on `mteb-bot collect`.

Name → (artifact, how it is made from the honest files, the entry and the rule that the refusal names).
"""

import json
import stat
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import hostile_zips as zips
from collect_made import FOLDER, files, zipped
from conversation_made import REVISION

Make = Callable[[Mapping[str, bytes]], bytes]
ODD = "its name is too long, or holds characters no name here has"
OUT = "its name leads out of the archive"
NO_ZIP = "it is no zip archive, or not all of it"
KIND = "it is a link, a folder or a device, no plain file"
NONE = "an evaluation leaves no file of this name"
TWICE = "two entries have this name, apart from case"
DAMAGED = "its content is damaged, or not as long as it says"
UNUSUAL = "it is encrypted, or packed in an unusual way"
RESULT, META = zips.RESULT, f"{FOLDER}/model_meta.json"


@dataclass(frozen=True)
class Attack:
    """An archive in place of shard 2's, and the refusal: entry and rule."""

    make: Make
    entry: str
    rule: str


def _name(name: str, rule: str, shown: str = "") -> Attack:
    return Attack(zips.named(name), shown or name, rule)


ARCHIVES: Mapping[str, Attack] = {
    "nothing": Attack(zips.empty, "", NO_ZIP),
    "no zip": Attack(lambda _: b"<html>" * 1000, "", NO_ZIP),
    "truncated": Attack(zips.cut(0.9), "", NO_ZIP),
    "data before": Attack(
        zips.before(b"MZ" + bytes(100)), "", "its table of contents is not where its end says"
    ),
    "data after": Attack(zips.after(b"\0"), "", NO_ZIP),
    "a comment cut off": Attack(lambda good: zipped(good)[:-2] + b"\5\0", "", NO_ZIP),
    "64-bit sizes": Attack(
        zips.with_64_bits, "", "it is an archive in several parts or with 64-bit sizes"
    ),
    "100,000 files": Attack(
        zips.many(100_000), "", "it lists 65,535 files or more; 4,000 are allowed"
    ),
    "5,000 files": Attack(zips.many(5000), "", "it lists 5,003 files or more; 4,000 are allowed"),
    "zip bomb": Attack(
        zips.zeros(60 * 2**20), RESULT, "it unpacks to more than 200 times its size"
    ),
    "larger than the limit": Attack(
        zips.in_directory(24, b"\xff\xff\xff\x7f"),
        RESULT,
        "it unpacks to more than 67,108,864 bytes",
    ),
    "larger than it says": Attack(zips.larger_than_said, RESULT, DAMAGED),
    "smaller than it says": Attack(zips.smaller_than_said, RESULT, DAMAGED),
    "overlapping entries": Attack(
        zips.overlapping, META, "it has another name in the table of contents"
    ),
    "an entry inside another": Attack(
        zips.sharing_data, "report.json", "entries overlap, or there is hidden data between them"
    ),
    "wrong checksum": Attack(zips.in_directory(16, b"\1\2\3\4"), RESULT, DAMAGED),
    "other name in the header": Attack(
        zips.patched(RESULT.encode(), RESULT.encode().upper(), 1),
        RESULT,
        "it has another name in the table of contents",
    ),
    "encrypted": Attack(zips.in_directory(8, b"\x09"), RESULT, UNUSUAL),
    "strong encryption": Attack(zips.in_directory(8, b"\x48"), RESULT, UNUSUAL),
    "bzip2": Attack(
        zips.packed(zipfile.ZIP_BZIP2), RESULT, "it is packed with a method other than deflate"
    ),
    "lzma": Attack(
        zips.packed(zipfile.ZIP_LZMA), RESULT, "it is packed with a method other than deflate"
    ),
    "second size": Attack(zips.with_extra(0x0001), RESULT, "it has a second size or name"),
    "second name": Attack(zips.with_extra(0x7075), RESULT, "it has a second size or name"),
    "symbolic link": Attack(zips.of_kind(stat.S_IFLNK), RESULT, KIND),
    "device": Attack(zips.of_kind(stat.S_IFBLK), RESULT, KIND),
    "named pipe": Attack(zips.of_kind(stat.S_IFIFO), RESULT, KIND),
    "folder": Attack(zips.of_kind(stat.S_IFDIR), RESULT, KIND),
    "path out": _name("../report.json", OUT),
    "path out of results": _name(f"{FOLDER}/../../../../x.json", OUT),
    "absolute path": _name("/etc/cron.d/x", OUT),
    "backslashes": _name("..\\..\\x.json", OUT),
    "drive": _name("C:x.json", OUT),
    "control character": _name("report\x1b[2J.json", ODD, "report�[2J.json"),
    "newline": _name("x\n::set-output name=a::b", ODD, "x�::set-output name=a::b"),
    "right to left": _name(f"{FOLDER}/\u202enosj.STS12", ODD, f"{FOLDER}/�nosj.STS12"),
    "look-alike": _name(f"{FOLDER}/\u0405TS12.json", ODD),
    "long name": _name(f"{FOLDER}/{'x' * 500}.json", ODD, f"{FOLDER}/{'x' * 500}.json"[:199] + "…"),
    "zip in the zip": _name(f"{FOLDER}/more.zip", NONE),
    "a program": _name("sitecustomize.py", NONE),
    "a hidden file": _name(f"{FOLDER}/.STS12.json", NONE),
    "a workflow": _name(".github/workflows/x.yml", NONE),
    "another model's folder": _name(f"results/org__other/{REVISION}/STS12.json", NONE),
    "another revision's folder": _name(f"results/org__name/{'2' * 40}/STS12.json", NONE),
    "name twice": Attack(zips.twice("report.json"), "report.json", TWICE),
    "name twice but for case": Attack(zips.twice("Report.JSON"), "Report.JSON", TWICE),
    "a task of another shard": _name(
        f"{FOLDER}/STSBenchmark.json", "it is of a task that the plan does not give to this shard"
    ),
}


def _report(change: Callable[[dict[str, Any]], None]) -> Make:
    """The honest shard with its report changed, and the results made to agree."""

    def make(good: Mapping[str, bytes]) -> bytes:
        report = json.loads(good["report.json"])
        change(report)
        return zipped({**good, **files(report)})

    return make


def _set(*path: str | int, to: Any) -> Make:
    def change(report: Any) -> None:
        for key in path[:-1]:
            report = report[key]
        report[path[-1]] = to

    return _report(change)


def _text(old: bytes, new: bytes, entry: str = "report.json") -> Make:
    """Bytes of a file replaced."""

    def make(good: Mapping[str, bytes]) -> bytes:
        assert old in good[entry]
        return zipped({**good, entry: good[entry].replace(old, new, 1)})

    return make


def _file(entry: str, content: bytes | None) -> Make:
    def make(good: Mapping[str, bytes]) -> bytes:
        changed = {**good, entry: content}
        return zipped({name: held for name, held in changed.items() if held is not None})

    return make


def _rule(make: Make, rule: str, entry: str = "report.json") -> Attack:
    return Attack(make, entry, rule)


_ENTRY = ("tasks", 0, "result", "scores", "test", 0)
_DEEP = b"[" * 100_000 + b"]" * 100_000
_STRICT = "it is not strict JSON: "
CONTENTS: Mapping[str, Attack] = {
    "no report": _rule(_file("report.json", None), "there is no such file in it"),
    "report of nothing": _rule(_file("report.json", b""), _STRICT + "Expecting value"),
    "report that is a list": _rule(_file("report.json", b"[]"), "it breaks the report schema: "),
    "deep JSON": _rule(_file("report.json", _DEEP), _STRICT + "nested deeper than 20 levels"),
    "deep JSON in a score": _rule(
        _text(b'"smoke"', b'"x": ' + b"[" * 50 + b"]" * 50 + b', "smoke"'),
        _STRICT + "nested deeper than 20 levels",
    ),
    "NaN": _rule(_text(b'"main_score": 0.2', b'"main_score": NaN'), _STRICT + "NaN is not JSON"),
    "infinity": _rule(
        _text(b'"main_score": 0.2', b'"main_score": 1e999'), _STRICT + "a number is too large"
    ),
    "number of a million digits": _rule(
        _text(b'"main_score": 0.2', b'"main_score": ' + b"9" * 1_000_000),
        _STRICT + "an integer has too many digits",
    ),
    "key twice": _rule(
        _text(b'"smoke": false', b'"smoke": true, "smoke": false'),
        _STRICT + "a name stands twice in one object",
    ),
    "half a character": _rule(
        _text(b'"name": "STS12"', b'"name": "\\ud800"'), _STRICT + "'utf-8' codec can't encode"
    ),
    "another encoding": _rule(
        lambda good: zipped({**good, "report.json": good["report.json"].decode().encode("utf-16")}),
        _STRICT + "'utf-8' codec can't decode",
    ),
    "huge text": _rule(
        _set(*_ENTRY, "note", to="x" * 1_000_000), "it holds a text of more than 20,000 characters"
    ),
    "huge name": _rule(
        _set(*_ENTRY, "x" * 1_000_000, to=1), "it holds a text of more than 20,000 characters"
    ),
    "ten million values": _rule(
        lambda good: _with_values(good, 9_000_000),
        "it holds more than 8,000,000 values",
    ),
    "unknown field": _rule(_set("shell", to="rm -rf /"), "it breaks the report schema: "),
    "another model": _rule(_set("model", "name", to="org/other"), "its model is org/other, not org/name"),
    "another revision": _rule(
        _set("model", "revision", to="2" * 40), f"its revision is {'2' * 40}, not {REVISION}"
    ),
    "another commit": _rule(
        _set("provenance", "head_sha", to="6" * 40), f"its commit is {'6' * 40}, not {'5' * 40}"
    ),
    "no commit": _rule(_set("provenance", "head_sha", to=None), "its commit is None, not "),
    "another config": _rule(
        _set("provenance", "config_sha256", to="0" * 64), f"its config's digest is {'0' * 64}, not "
    ),
    "smoke run": _rule(_set("smoke", to=True), "its smoke mark is True, not False"),
    "another licence": _rule(_set("model", "license", to="cc0"), "its licence is cc0, not mit"),
    "other languages": _rule(
        _set("model", "languages", to=["deu"]), "its list of languages is ['deu'], not ['eng']"
    ),
    "another task": _rule(
        _report(lambda report: report["tasks"][0].update(name="STS13", result=_renamed(report))),
        "its tasks are not those that the plan gives to this shard",
    ),
    "a task too many": _rule(
        _report(lambda report: report["tasks"].append(report["tasks"][0] | {"name": "STS13", "result": _renamed(report)})),
        "its tasks are not those that the plan gives to this shard",
    ),
    "a task missing": _rule(
        _report(lambda report: report.update(tasks=[], status="failed")),
        "its tasks are not those that the plan gives to this shard",
    ),
    "a task twice": _rule(
        _report(lambda report: report["tasks"].append(report["tasks"][0])),
        "it contradicts itself: a task stands there 2 times",
    ),
    "a task of mteb called custom": _rule(
        _set("tasks", 0, "custom", to=True), "it takes a task of mteb for a custom task, or the reverse"
    ),
    "another task's result": _rule(
        _text(b'"task_name": "STS12"', b'"task_name": "STS13"'),
        "it contradicts itself: a task holds the result of another one",
    ),
    "completed without a result": _rule(
        _report(lambda report: report["tasks"][0].update(status="not_run", result=None)),
        "it contradicts itself: it says completed, but not every task is",
    ),
    "score beyond bounds": _rule(
        _set(*_ENTRY, "main_score", to=1001.0), "it contradicts itself: a main score is beyond 1000"
    ),
    "a subset twice": _rule(
        _report(lambda report: report["tasks"][0]["result"]["scores"]["test"].append(report["tasks"][0]["result"]["scores"]["test"][0])),
        "a subset stands twice in a result",
    ),
    "endless seconds": _rule(
        _set("provenance", "seconds", to=1e308), "its seconds or kilowatt-hours are beyond all reason"
    ),
    "speaks for others": _rule(
        _report(lambda report: report["provenance"].update(shards=[_shard(report)])),
        "it speaks for several shards",
    ),
    "other weights": _rule(
        _set("provenance", "weights", 0, "sha256", to="f" * 64),
        "it was measured with other weights than shard 1",
    ),
    "results that say otherwise": _rule(
        _text(b'"main_score": 0.2', b'"main_score": 0.9', RESULT),
        "it is not the result that the report holds", RESULT,
    ),
    "results of another kind": _rule(
        _file(RESULT, b'["scores"]'), "it is not the result that the report holds", RESULT
    ),
    "results missing": _rule(_file(RESULT, None), "there is no such file in it", RESULT),
    "results that are no JSON": _rule(_file(RESULT, b"{"), "it is not JSON", RESULT),
    "deep JSON in results": _rule(_file(RESULT, _DEEP), "it is not JSON", RESULT),
    "metadata missing": _rule(_file(META, None), "there is no such file in it", META),
    "metadata of another model": _rule(
        _file(META, b'{"name": "org/other", "revision": "x"}'),
        "it is no metadata of this model: its name is org/other, not org/name", META,
    ),
    "metadata of another kind": _rule(
        _file(META, b"[]"), "it is no metadata of this model: it is no JSON object", META
    ),
}  # fmt: skip
ATTACKS: Mapping[str, Attack] = {**ARCHIVES, **CONTENTS}


def _renamed(report: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = report["tasks"][0]["result"]
    return result | {"task_name": "STS13"}


def _with_values(good: Mapping[str, bytes], count: int) -> bytes:
    """A report with so many numbers, at random, so that they do not pack well."""
    digits = Random(0).randbytes(count)  # noqa: S311 -- nothing is kept secret with them
    listed = bytearray(b",") * (2 * count)
    listed[::2] = digits.translate(b"0123456789" * 25 + b"012345")
    return _text(b'"smoke"', b'"x": [' + bytes(listed) + b'0], "smoke"')(good)


def _shard(report: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("hardware", "packages", "python", "platform", "dtype", "attention", "seconds")
    return {"number": 1, **{key: report["provenance"][key] for key in keys}}
