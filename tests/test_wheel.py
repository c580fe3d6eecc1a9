"""The package outside a clone: built without a network, it carries what it needs and works from an empty folder."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from conftest import Project
from helpers import paths

BUILD = "import sys; sys.path.insert(0, '.ci'); import backend; print(backend.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The unpacked wheel of a project with one small notebook, that project, and the names in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    with Project.copied(folder / "project") as project:
        for name in (".ci", "README.md", "LICENSE"):
            source = paths.ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, project.root / name)
        project.write_notebooks(small=["from helpers import data\ndata.vintage(as_of).day.isoformat()"])
        wheel = project.run("-c", BUILD, str(folder)).stdout.strip()
        assert not (project.root / "src/helpers/carried").exists(), "the clone stays as it was"
        with zipfile.ZipFile(folder / wheel) as file:
            file.extractall(folder / "site")
            names = set(file.namelist())
        yield folder / "site", project, names


def test_an_installed_package_makes_a_report_in_an_empty_folder(installed, tmp_path):
    site, project, _ = installed
    env = project.environment() | {"PYTHONPATH": str(site)}

    def magnets(*words):
        command = [sys.executable, "-c", "from helpers.cli import main; main()", *words]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)

    done = magnets("report", "--as-of", "2025-06-30", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    folder = tmp_path / "reports/2025-06-30"
    page = (folder / "1-small.html").read_text(encoding="utf-8")
    assert "2025-06-30" in page and "the installed package magnet-outlook" in page
    assert "as published" in magnets("verify", str(folder)).stdout
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["code"]["commit"] is None and not any("carried" in name for name in record["code"]["helpers"])


def test_a_report_of_the_package_is_that_of_the_clone(installed, tmp_path):
    site, project, _ = installed
    code = "from helpers.report.shelf.inputs import inputs; import json; print(json.dumps(inputs()))"
    done = [
        subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(path)}, capture_output=True,
                       text=True, check=True, cwd=tmp_path)
        for path in (site, project.root / "src")
    ]  # fmt: skip
    assert json.loads(done[0].stdout) == json.loads(done[1].stdout)


def test_the_wheel_has_the_command_the_kernel_and_the_types(installed):
    site, _, names = installed
    (points,) = [name for name in names if name.endswith(".dist-info/entry_points.txt")]
    text = (site / points).read_text(encoding="utf-8")
    assert "magnets=helpers.__main__:main" in text.replace(" ", "") and "magnets-warm" in text
    assert "helpers/py.typed" in names and any(name.endswith("kernels/magnets/kernel.json") for name in names)
    assert not any(
        "data/archive/" in name.partition("carried")[2] or "__pycache__" in name or name.endswith(".log")
        for name in names
    )
