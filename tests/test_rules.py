"""What is wrong with a folder of tables is told with its file, its rows and what to do."""

import json
import re
import shutil
from datetime import date

import pytest

from conftest import FROZEN, replace_once, slips
from helpers.data import DataError, rules

TODAY = date(2026, 11, 26)
BASE = "import,IND,world,850511,weight,FY26-H1,t,16281,,,reported,2025-11-24,S04,"
MINE = "MDG,mine,REO,output,2023,t REO,2100,,,reported,2025-01-31,S70,2025 edition"
DESCRIBED = [  # what datapackage.json forbids: fault, table, text and its replacement, what is said, what is shown
    ("a duplicate key", "production", MINE, f"{MINE}\n{MINE}", "primary", "2100"),
    *slips("""
an unknown form of period | trade | [FY26-H1 -> FY26-H3],t | constraint | 16281
a misspelt source | trade | 854,,,reported,2025-10-20,[S28 -> S4x] | foreign | 854
a text in the place of a number | trade | [1116 -> "1,116"] | type | 1,116
a code that is not in the codebook | trade | [85051900 -> 85051901],weight,FY18 | constraint | 367
an unknown reporter | trade | [IND -> INX],world,85051900,weight,FY19 | constraint | 356
an unknown unit | production | [Mt -> lb],13.15,13.07 | constraint | 13.15
an unknown status | prices | 98,,,[reported -> certain] | constraint error of status | 98
a day that is none | drivers | 4131000,,,reported,[2026-02-06 -> 2026-02-31] | type | 4131000
a number in other digits | trade | [1341 -> １３４１] | plain digits | １３４１
a character that nobody sees | events | ties[  -> \x07]IREL's | nobody sees | x07
a suspect year that is none | episodes | [FY25 -> 2025],,FY24 | constraint | 2025
a duplicate episode | episodes | [2025-11-24 -> 2025-06-30] | primary | FY25-H1
"""),
]
ASKED = [  # what the tables are asked after that
    ("a tie", "trade", BASE, f"{BASE}\n{BASE.replace('16281', '17000').replace('S04', 'S28')}", "equally good", ""),
    *slips("""
a period that does not exist | trade | [2016-12 -> 2016-02-30] | unknown periods | 2532
a negative tonnage | trade | [2614 -> -2614] | negative amounts | 2614
a tonnage of nothing | trade | [2752 -> 0] | amounts of zero | FY18
an infinite price | prices | kg,[98 -> 1e999] | figures without end | inf
a misspelt source in a note | trade | [unit -> with S999 unit] value | notes name sources | 8174
a later source in a note | trade | 1064,,,reported,2025-06-26,S17,[ -> with S60] | only later | 1064
a later contradiction in a note | trade | 786,,,reported,2025-06-26,S17,[ -> see contradictions C10] | only later | 786
a value outside its range | production | [13.15 -> 23.15],13.07 | outside their own range | 23.15
a low above its high | trade | [800,900 -> 900,800] | outside their own range | 900
a figure older than its period | drivers | auto_exports,total,[FY25 -> FY27] | before the period was over | 5356000
a figure older than its source | trade | 1375,,,reported,2025-06-26,[S17 -> S13] | older than their source | 1375
a figure without a number | drivers | [5613000 -> ] | without a number | FY22
a missing figure with a number | production | 2025,t REO,[ -> 2900], | missing figures with a number | 2900
a recalled figure that calls itself reported | trade | 870,,,[unverified -> reported] | recalled figures | 870
a weight of 5 | assumptions | error,any suspect year,share,[0.3 -> 5] | reading_prior does not sum to one on 2025 | 5.0
a judgement of no day | assumptions | 1,,,inference,2025-06-30,[2026-11-22 -> ] | on which they were written | open
two units for one key | production | [REO -> REO/yr],220000 | two units for one key | 220000
a figure from the future | prices | 134,,,reported,[2025-01-31 -> 2062-01-31] | published after today, 2026-11-26 | 2062
half a range | drivers | 4759000,[ -> 4000000] | range with one end | 4759000
a surge outside its year | episodes | [FY25-H1 -> FY24-H1] | surge outside its year | FY24-H1
a typical year after the suspect one | episodes | FY25,,[FY24 -> FY26] | not before the suspect one | FY26
regimes of days | regimes | [2010-12 -> 2010-12-05] | not made of whole months | 12-05
two regimes for the same months | regimes | [2025-04 -> 2025-03] | two regimes for the same months | 2025-03/2025-11
a rule of no day | calendar | BYMONTH=2;BYMONTHDAY=[1 -> 31] | rules that name no day | Budget
a rule that is none | calendar | award of India's magnet scheme,[ -> FREQ=SECONDLY] | rules that name no day | SECONDLY
a feed that there is not | calendar | ,1,,[vahan -> nobody], | feeds that are not in feeds.csv | two-wheelers
a day without a lag | calendar | BYMONTHDAY=30,6,[55 -> ], | days without a lag | first half
a lag of ages | calendar | BYMONTHDAY=31,12,[91 -> 9999999], | days without a lag | 9999999
a series of no table | calendar | [production -> nothing],IND/mine/REO/output | series that no table can have | nothing
other keys | calendar | [export/CHN/world -> CHN/world]/85051110/weight | series that no table can have | CHN/world
a period of no length | calendar | BYMONTHDAY=-1,[1 -> ],,tradestat | periods of no length | tariff line
a month cut | calendar | BYMONTHDAY=[31 -> 15],12,,comtrade | periods that end within a month | calendar year
an unknown unit of a rule | derivations | [USD m -> USDm],derived,quotient | unknown units | USDm
a changed figure under a correction | trade | [40200 -> 4020] | line 4 corrects |
a density that is all on one side | assumptions | 0.15,[-0.4 -> 0.15] | evidence_mirror_value without a range | 0.75
a density without a range | assumptions | [-0.2,0.5 -> ,] | evidence_rest_of_year without a range | 0.1
of no reading | assumptions | after,quantity [error -> eror] | evidence_year_after has no row for quantity error |
a chance above all | assumptions | any suspect year,share,[0.1 -> 2] | evidence_rule is not from 0 to 1 | 2.0
more than all from one country | assumptions | 0.8,[1 -> 1.2] | licensed_share is not from 0 to 1 | 1.2
less than nothing through a regime | assumptions | [0.15 -> -0.15],0.37 | regime_dose is not from 0 to 1 | -0.15
a year of recovery that nobody knows | assumptions | after [2 -> 20] | recovery has no row for after 2 years |
counts that are apart when they agree | assumptions | ratio,[2 -> 0.9] | mirror_rule is missing or too small | 0.9
a scope down to nothing | assumptions | 0.7,[0.4 -> 0],1 | rare_earth_scope without a range | 0.7
estimates of more than all | assumptions | press,REPM,share,[0.2 -> 0.9] | rare_earth_weight does not sum to one | 0.9
"""),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """All faults of a list put into one copy of the tables, and what is said of it; each set once."""
    seen = {}

    def found(faults):
        if id(faults) not in seen:
            folder = tmp_path_factory.mktemp("faulty") / "data"
            shutil.copytree(FROZEN, folder)
            for _, table, old, new, *_ in faults:
                replace_once(folder / f"{table}.csv", old, new)
            seen[id(faults)] = rules.problems(folder, TODAY)
        return seen[id(faults)]

    return found


def test_a_tie_is_told_once_with_the_lines_of_the_file(found):
    (said,) = [row for row in found(ASKED[:1]).itertuples() if "equally good" in row.problem]
    lines = (FROZEN / "trade.csv").read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines, start=1) if line.startswith(BASE))
    assert re.findall(r"^(\d+) ", said.problem, re.M) == [str(first), str(first + 1)]
    assert said.problem.startswith("two figures of one key"), "its file is named once"


def test_the_data_are_valid():
    assert rules.require_valid(FROZEN, TODAY) is None, "no rule and no identity is broken"


@pytest.mark.parametrize("faults", [DESCRIBED, ASKED], ids=["described", "asked"])
def test_nothing_else_is_said_of_faulty_tables(found, faults):
    said = [(row.file, row.problem) for row in found(faults).itertuples()]
    expected = [(f"{table}.csv", problem) for _, table, _, _, problem, _ in faults]
    for file, text in said:
        assert any(problem.lower() in text.lower() for _, problem in expected), (file, text)


@pytest.mark.parametrize("fault", [*DESCRIBED, *ASKED], ids=lambda fault: fault[0])
def test_each_fault_names_file_rows_and_remedy(found, fault):
    _, table, _, _, problem, shown = fault
    rows = [
        row
        for row in found(DESCRIBED if fault in DESCRIBED else ASKED).itertuples()
        if problem.lower() in row.problem.lower() and shown in row.rows + row.problem
        if row.file == f"{table}.csv" or "correct" in problem
    ]
    assert rows and min(len(row.remedy) for row in rows) > 10


def test_the_line_in_a_problem_is_that_of_the_file(found, tmp_path):
    lines = (FROZEN / "production.csv").read_text().splitlines()
    line = 1 + next(place for place, text in enumerate(lines) if text.startswith("IND,ground,monazite,resource"))
    (row,) = [row for row in found(ASKED).itertuples() if "23.15" in row.rows and "range" in row.problem]
    assert row.rows.splitlines()[2].startswith(f"{line} ")


def without(text, table):
    """A description that has forgotten a table."""
    return json.dumps({"resources": [of for of in json.loads(text)["resources"] if of["name"] != table]}).encode()


SHORT = b"weight,2025-07,t,1116,,,reported,2025-08-20,S28"
UNREADABLE = [  # the file, what becomes of its bytes, what is said of it
    ("trade.csv", lambda text: b"\xff\xfe\x00", "line 1 is not in UTF-8"),
    ("trade.csv", lambda text: text.replace(b"1116", b"\xe9", 1), "line 30 is not in UTF-8"),
    ("trade.csv", lambda text: b"", "has the columns"),
    ("prices.csv", lambda text: b"item,basis\nNd,FOB\n", "has the columns"),
    ("prices.csv", lambda text: text.replace(b",", b";"), "with commas between its cells"),
    ("datapackage.json", lambda text: b"{", "cannot be read"),
    (
        "datapackage.json",
        lambda text: text.replace(b'"name": "trade"', b'"name": "trad"', 1),
        "the path of trad is not",
    ),
    ("datapackage.json", lambda text: without(text, "trade"), "declares no trade"),
    ("datapackage.json", lambda text: without(text, "terms"), "declares no terms"),
    ("datapackage.json", lambda text: text.replace(b'raints": {', b'raints": null, "_": {', 1), "constraints is null"),
    ("datapackage.json", lambda text: text.replace(b'"id"', b'"di"', 1), "key source of trade names di of sources"),
    ("datapackage.json", lambda text: text.replace(b'"date"', b'"string"', 1), "published of trade is string, not"),
    ("datapackage.json", lambda text: text.replace(b'"pattern": "', b'"pattern": "(', 1), "unterminated subpattern"),
    ("events.csv", None, "cannot be read"),
    ("episodes.csv", lambda text: text.splitlines()[0] + b"\n", "restore it from the last commit"),
    ("identities.csv", lambda text: text.splitlines()[0] + b"\n", "restore it from the last commit"),
    ("trade.csv", lambda text: text.replace(SHORT + b",", SHORT), "add the missing cell (a comma at the end)"),
    ("trade.csv", lambda text: text.replace(b"\n", b"\n\n", 3).replace(b"16281", b"1,2"), "line 2 is blank"),
    ("trade.csv", lambda text: text + b" \n", "is blank; delete the line"),
    ("trade.csv", lambda text: b"\n" + text, "line 1 is blank"),
    ("prices.csv", lambda text: text.replace(b"\n", b'\n"a\nb"' + b"," * 10 + b"\nc\n", 1), "line 4 has 1 cells"),
    (
        "datapackage.json",
        lambda text: text.replace(b'"type": "number"', b'"typ": "number"', 1),
        "fields value has no type",
    ),
    ("trade.csv", lambda text: text + b",,,,,,,,,,,,,\n", "is blank; delete the line"),
    ("prices.csv", lambda text: text.replace(b"\n", b'\n"Nd"x,', 1), "line 2: ',' expected"),
    ("derivations.csv", lambda text: text.replace(b",sum,", b",guess,", 1), "rules are remainder"),
    ("identities.csv", lambda text: text.replace(b",sum,", b",guess,", 1), "rules are remainder"),
]


@pytest.mark.parametrize(("file", "change", "told"), UNREADABLE)
def test_a_file_that_cannot_be_read_is_a_problem_of_that_file(tmp_path, file, change, told):
    shutil.copytree(FROZEN, tmp_path / "data")
    path, description = tmp_path / "data" / file, tmp_path / "data/datapackage.json"
    before = path.read_bytes()
    path.unlink()
    if change is None:
        path.mkdir()
    else:
        path.write_bytes(change(before))
    if "rules" in told:  # a rule that the descriptor would let pass
        description.write_text(description.read_text().replace('"remainder",', '"remainder", "guess",'))
    (row,) = rules.problems(tmp_path / "data", TODAY).itertuples()
    assert row.file == file and told in f"{row.problem}; {row.remedy}" and len(row.remedy) > 10


@pytest.mark.parametrize(
    "faults",
    [
        [("corrections.csv", "176800,17680,", "176800,-17680,", "corrections put negative amounts into data/trade.csv"),
         ("identities.csv", "weight,*,t,sum,,,hs=850519,", "weight,*,t,sum,,,hs=99,", "line 13: a line is at most"),
         ("identities.csv", "32500,2025-11-24,1500", "32500,2025-11-24,-1", "allows -1")],
        [("corrections.csv", "176800,17680,", "176800,1e999,", "corrections put figures without end"),
         ("identities.csv", "32500,2025-11-24,1500", "32500,2025-11-24,4e3", "allows 4,000")],
        [("identities.csv", "sum,2,period=FY26-H1", "sum,2,period=2013-03-31", "no figures on any day")],
    ],
    ids=lambda faults: faults[0][-1],
)  # fmt: skip
def test_a_fault_of_corrections_or_identities_is_told_at_its_line(tmp_path, faults):
    shutil.copytree(FROZEN, tmp_path / "data")
    for file, old, new, _ in faults:
        text = (tmp_path / "data" / file).read_text()
        (tmp_path / "data" / file).write_text(text.replace(old, new, 1))
    with pytest.raises(DataError) as error:
        rules.require_valid(tmp_path / "data", TODAY)
    assert [told for *_, told in faults if told not in str(error.value)] == [], str(error.value)


def test_a_file_saved_by_excel_with_a_mark_at_its_begin_is_read(tmp_path):
    shutil.copytree(FROZEN, tmp_path / "data")
    path = tmp_path / "data/trade.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert rules.problems(tmp_path / "data", TODAY).empty


def test_all_problems_are_told_at_once(found, tmp_path):
    text = rules.told(found(ASKED))
    assert all(problem in text for *_, problem, _ in ASKED) and text.count("->") == len(found(ASKED))


def test_the_gate_asks_identities_too(tmp_path):
    shutil.copytree(FROZEN, tmp_path / "data")
    replace_once(tmp_path / "data/trade.csv", "weight,FY25,t,53748,53700,53748", "weight,FY25,t,35748,35700,35748")
    assert rules.problems(tmp_path / "data", TODAY).empty
    with pytest.raises(DataError, match=r"figures contradict each other(.|\n)*see data/trade\.csv line"):
        rules.require_valid(tmp_path / "data", TODAY)
