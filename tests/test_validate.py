import pandas as pd
import pytest

from helpers.data import load, rules

BASE = "import,IND,world,850511,weight,FY26-H1,t,16281,,,reported,2025-11-24,S04,"
FAULTS = {
    "a negative tonnage": ("trade", BASE, BASE.replace("16281", "-16281"), "negative tonnages"),
    "an unknown period": ("trade", BASE, BASE.replace("FY26-H1", "FY26-H3"), "constraint"),
    "a period that does not exist": ("trade", BASE, BASE.replace("FY26-H1", "2025-02-30"), "unknown periods"),
    "a duplicate key": ("trade", BASE, f"{BASE}twice\n{BASE}", "primary"),
    "a misspelt source": ("trade", BASE, BASE.replace("S04", "S4x"), "foreign"),
    "a misspelt source in a note": ("trade", BASE, f"{BASE}with S999 ", "notes name sources"),
    "a value outside its range": (
        "trade",
        BASE,
        BASE.replace("16281,,", "16281,17000,18000"),
        "outside their own range",
    ),
    "a text in the place of a number": ("trade", BASE, BASE.replace("16281", '"16,281"'), "type"),
    "a code that is not in the codebook": ("trade", BASE, BASE.replace("850511", "850512"), "constraint"),
    "a figure older than its period": (
        "trade",
        BASE,
        BASE.replace("2025-11-24,S04", "2025-08-24,S03"),
        "before the period was over",
    ),
    "a figure older than its source": ("trade", BASE, BASE.replace("S04", "S06"), "older than their source"),
    "a figure without a number": ("trade", BASE, BASE.replace("16281", ""), "without a number"),
    "a recalled figure that calls itself reported": (
        "trade",
        BASE,
        BASE.replace("2025-11-24,S04", "2026-11-22,M0"),
        "recalled figures",
    ),
    "a tie": ("trade", BASE, f"{BASE}\n{BASE.replace('16281', '17000').replace('S04', 'S05')}", "equally good"),
    "a changed figure under a correction": (
        "trade",
        ",85059000,weight,FY25,t,40200,",
        ",85059000,weight,FY25,t,4020,",
        "corrections.csv",
    ),
}


def test_the_data_of_the_project_are_valid():
    assert rules.problems().empty


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_names_file_row_and_remedy(data, fault):
    table, old, new, problem = FAULTS[fault]
    data(table, old, new)
    found = rules.problems()
    assert len(found) == 1, found
    row = found.iloc[0]
    assert row["file"] == f"{table}.csv"
    assert problem.lower() in row["problem"].lower()
    assert row["remedy"] and any(text in row["rows"] + row["problem"] for text in ("16281", "16,281", "850511", "4020"))


def test_a_report_is_refused_with_all_problems_at_once(data):
    data("trade", BASE, BASE.replace("16281", "-16281"))
    data("production", "IND,ground,monazite,resource,2025-07,Mt,13.15", "IND,ground,monazite,resource,2025-07,Mt,23.15")
    with pytest.raises(load.DataError, match=r"(?s)trade.csv: negative tonnages.*production.csv: values outside"):
        rules.require_valid()


def test_all_identities_hold_within_their_rounding():
    table = rules.identities("2026-11-22")
    assert len(table) == 11 and table["holds"].all(), table


def test_an_identity_breaks_when_a_part_is_changed(data):
    data(
        "trade",
        "import,IND,world,85051900,value_usd,FY25,USD m,84.65,",
        "import,IND,world,85051900,value_usd,FY25,USD m,94.65,",
    )
    table = rules.identities("2026-11-22").set_index("identity")
    assert list(table.index[~table["holds"]]) == [
        "850511 + 85051900 is what SBI reports: the press series is HS 850511"
    ]


def test_an_identity_waits_for_its_figures():
    early, now = rules.identities("2025-10-31"), rules.identities("2026-11-22")
    assert len(early) < len(now) and early["holds"].all()


def test_every_figure_of_a_table_has_a_source_with_terms():
    sources = load.sources()
    assert sources["licence"].notna().all()
    used = pd.concat([load.raw(name)["source"] for name in rules.DATED])
    assert used.isin(sources.index).all()
