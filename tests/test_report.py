"""A real report, rendered once without a network, and how a run ends when something is wrong."""

import json
import re
from html.parser import HTMLParser

import pytest

PAGES = ["index", "1-trade", "2-production", "4-forecast"]
AS_OF = "2026-11-22"


class Page(HTMLParser):
    """What a test wants to know of a page: tags with their attributes, text, and ids."""

    def __init__(self, text: str):
        super().__init__()
        self.source, self.tags, self.words = text, [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    from conftest import Project, copy_project

    project = Project(copy_project(tmp_path_factory.mktemp("rendered") / "project"))
    done = project.magnets("report", "--as-of", AS_OF, "--output", "reports")
    return project, done


@pytest.fixture(params=PAGES)
def page(rendered, request):
    project, _ = rendered
    return Page((project.root / f"reports/{AS_OF}/{request.param}.html").read_text(encoding="utf-8"))


def test_the_command_ends_by_printing_the_path_of_the_page(rendered):
    _, done = rendered
    assert done.stdout.splitlines()[-1].endswith(f"reports/{AS_OF}/index.html")
    lines = [line for line in done.stderr.splitlines() if ": ok, " in line]
    assert [line.split(":")[0] for line in lines] == PAGES[1:], "plain lines where there is no terminal"


def test_no_process_of_the_run_asked_for_another_machine(rendered):
    project, _ = rendered
    assert not (project.root / "refused.txt").exists()
    probe = project.run("-c", "import socket; socket.create_connection(('192.0.2.1', 80), 1)", code=1)
    assert "no network in tests" in probe.stderr and (project.root / "refused.txt").exists(), "the guard works"


def test_the_folder_holds_pages_forecast_record_and_nothing_half_made(rendered):
    project, _ = rendered
    names = {path.name for path in (project.root / "reports" / AS_OF).iterdir()}
    assert names == {f"{name}.html" for name in PAGES} | {"forecast.csv", "forecast.svg", "run.json"}
    assert {path.name for path in (project.root / "reports").iterdir()} == {AS_OF, "index.html", ".lock"}


def test_the_first_page_gives_the_answer_first(rendered):
    project, _ = rendered
    page = Page((project.root / f"reports/{AS_OF}/index.html").read_text(encoding="utf-8"))
    assert page.source.index('class="answer"') < page.source.index("<figure>") < page.source.index("Chapters</h2>")
    for part in ("53,748 t", "S02", "run-rate of 32,562 t", "80 % interval", "FY35"):
        assert part in page.text


def test_a_page_loads_nothing_from_elsewhere(page):
    loaded = [
        attrs.get("src") or attrs.get("data")
        for tag, attrs in page.tags
        if tag in ("img", "script", "iframe", "object", "embed")
    ]
    assert loaded == [] and page.all("link") == []
    styles = "".join(re.findall(r"<style>(.*?)</style>", page.source, re.S)) + "".join(
        a.get("style", "") for _, a in page.tags
    )
    assert "@import" not in styles and not re.search(r"url\((?!#)", styles)


def test_a_page_can_be_read_without_seeing_it(page):
    assert len(page.all("h1")) == 1 and page.all("html")[0]["lang"] == "en"
    assert page.all("a")[0]["href"] == "#main" and page.all("main")[0]["id"] == "main"
    drawings = page.all("svg")
    assert drawings and all(svg["role"] == "img" and len(svg["aria-label"].split()) > 10 for svg in drawings)
    assert all(th.get("scope") in ("col", "row") for th in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_links_lead_somewhere(page, rendered):
    project, _ = rendered
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    for link in page.all("a"):
        href = link["href"]
        if href.startswith("#"):
            assert href[1:] in ids, href
        elif not href.startswith(("http", "data:")):
            assert (project.root / "reports" / AS_OF / href).exists(), href


def test_each_cited_source_is_listed_with_its_terms(page):
    cited = {link["href"][1:] for link in page.all("a") if link.get("class") == "cite"}
    listed = {attrs["id"] for attrs in page.all("dt")}
    assert cited and cited <= listed


def test_a_page_is_small(page):
    assert len(page.source.encode()) < 1_500_000


def test_the_forecast_is_a_long_table(rendered):
    project, _ = rendered
    lines = (project.root / f"reports/{AS_OF}/forecast.csv").read_text().splitlines()
    assert lines[0] == "as_of,target,origin,horizon,period,scenario,model,quantile,value" and len(lines) == 361


def test_the_record_tells_given_from_default_and_hashes_the_data(rendered):
    project, _ = rendered
    record = json.loads((project.root / f"reports/{AS_OF}/run.json").read_text())
    assert record["given"] == {"as_of": AS_OF} and record["parameters"]["baseline_t"] == 53748
    assert len(record["data"]["trade.csv"]) == 64 and record["end"] == "ok"


def test_the_same_inputs_are_not_run_twice(rendered):
    project, _ = rendered
    done = project.magnets("report", "--as-of", AS_OF, "--output", "reports")
    assert done.stdout.startswith("unchanged: ") and "ok" not in done.stderr


def test_other_parameters_on_the_same_day_stand_beside_the_first(rendered):
    project, _ = rendered
    before = (project.root / f"reports/{AS_OF}/index.html").read_bytes()
    done = project.magnets(
        "report", "--as-of", AS_OF, "--output", "reports", "-p", "baseline_t=33000", "-p", "horizon=3"
    )
    folder = project.root / f"reports/{AS_OF}-r2"
    assert done.stdout.strip().endswith(f"{AS_OF}-r2/index.html")
    assert (project.root / f"reports/{AS_OF}/index.html").read_bytes() == before
    assert "33,000 t recorded" in Page((folder / "4-forecast.html").read_text(encoding="utf-8")).text
    archive = Page((project.root / "reports/index.html").read_text(encoding="utf-8"))
    assert [a["href"] for a in archive.all("a")][1:] == [f"{AS_OF}-r2/index.html", f"{AS_OF}/index.html"]


def test_a_report_of_an_earlier_day_uses_and_cites_nothing_later(rendered):
    project, _ = rendered
    project.magnets("report", "--as-of", "2025-06-30", "--output", "reports")
    text = "".join(
        Page(path.read_text(encoding="utf-8")).text for path in (project.root / "reports/2025-06-30").glob("*.html")
    )
    assert "not yet public on 2025-06-30" in text and "53,748" in text
    assert not any(later in text for later in ("16,281", "37,002", "85051110 ferrite cores", "S04", "MCS2026"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-p", "basline_t=1"], "unknown parameter 'basline_t'; there are as_of, target, baseline_t, horizon"),
        (["-p", "horizon=ten"], "parameter horizon=ten"),
        (["-p", "horizon=99"], "less than or equal to 30"),
        (["-p", "target=tons"], "'customs' or 'repm'"),
        (["-p", "horizon"], "not of the form name=value"),
        (["--as-of", "yesterday"], "parameter as_of=yesterday"),
    ],
)
def test_wrong_parameters_are_refused_before_anything_is_written(project, words, said):
    done = project.magnets("report", "--output", "reports", *words, code=2)
    assert said in done.stderr and not (project.root / "reports").exists()


def test_invalid_data_publish_nothing(project):
    project.edit("data/trade.csv", ",FY26-H1,t,16281,", ",FY26-H1,t,-16281,")
    done = project.magnets("report", "--output", "reports", code=3)
    assert "negative tonnages" in done.stderr and [p.name for p in (project.root / "reports").iterdir()] == [".lock"]


@pytest.mark.parametrize(
    ("cell", "code", "what"),
    [
        ("1 / 0", 4, "a cell raised an error"),
        ("import os; os.kill(os.getpid(), 9)", 6, "the kernel died"),
        ("import time; time.sleep(60)", 5, "a cell ran out of time"),
    ],
)
def test_a_failed_chapter_publishes_nothing_and_says_what_happened(project, cell, code, what):
    for name in ("1-trade", "4-forecast"):
        (project.root / f"notebooks/{name}.ipynb").unlink()
    project.edit("notebooks/2-production.ipynb", '"say.mining(as_of)"', json.dumps(cell))
    done = project.magnets("report", "--as-of", AS_OF, "--output", "reports", "--timeout", "20", code=code)
    failed = project.root / f"reports/failed/{AS_OF}"
    assert "2-production" in done.stderr and what in (failed / "index.html").read_text(encoding="utf-8")
    assert json.loads((failed / "run.json").read_text())["chapters"]["2-production"]["end"] != "ok"
    assert "India aims at" in (failed / "2-production.html").read_text(encoding="utf-8"), "the outputs so far are shown"
    assert not (project.root / "reports/index.html").exists()


def test_a_second_run_says_that_another_holds_the_lock(project):
    import filelock

    (project.root / "reports").mkdir()
    with filelock.FileLock(project.root / "reports/.lock"):
        done = project.magnets("report", "--output", "reports", code=7)
    assert "another run" in done.stderr


def test_validate_prints_one_screen(project):
    done = project.magnets("validate")
    assert len(done.stdout.splitlines()) <= 24 and "data/ is valid" in done.stdout and "FAILS" not in done.stdout


def test_validate_names_file_rows_and_remedy(project):
    project.edit("data/trade.csv", ",FY26-H1,t,16281,", ",FY26-H1,t,-16281,")
    done = project.magnets("validate", code=3)
    assert (
        "data/trade.csv: negative tonnages" in done.stdout
        and "-16281" in done.stdout
        and "correct the sign" in done.stdout
    )


def test_help_teaches_without_starting_anything(project):
    text = " ".join(project.magnets("report", "--help").stdout.split())
    assert "magnets report -p baseline_t=33000" in text and "7 (another run holds the lock)" in text
