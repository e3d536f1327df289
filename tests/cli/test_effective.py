"""Overlays on the command line: the effective definition in print, and a bypass that names both files."""

from __future__ import annotations

from tests.cli.conftest import Desk
from tests.definition.test_overlays import CENTRAL, HEAD, line
from workflow.definition.loading import load_document


def test_the_effective_definition_in_print_and_as_a_document(desk: Desk) -> None:
    printed = desk.run("check", "district-ten-groups-2005", "--effective", global_options=False).stdout
    assert "    value: 2  # central, tightened at district (was 1)\n" in printed
    assert "  four_leads_shown:  # district\n" in printed
    document = desk.run("check", "district-ten-groups-2005", "--effective", "--lang", "zh", global_options=False).stdout
    assert document.startswith("# 合并后的方案，各层依次为：\n#   central：advanced-nature-2005，第 1 版")


def test_the_effective_document_loads(desk: Desk) -> None:
    desk.write("central.yaml", CENTRAL)
    path = desk.write("district.yaml", HEAD + "parameters: {hours: {value: 48}}\n")
    document = desk.json("check", path, "--effective")
    assert document["layers"][1]["level"] == "district"
    assert load_document(document).hash == desk.json("check", path)["hash"]


def test_a_bypass_names_both_places_and_keeps_a_campaign_from_starting(desk: Desk) -> None:
    desk.write("central.yaml", CENTRAL)
    path = desk.write("district.yaml", HEAD + "gates: {gate: {moves: {jump: {from: working, to: next_stage, by: head}}}}\n")
    for command in ("check", "new"):
        said = desk.run(command, path, code=2).stderr.replace(f"{desk.folder}/", "")
        assert f"central.yaml:{line(CENTRAL, '  consent:')}:3: invariants.consent: can be bypassed" in said
        assert "the way is opened by what was added at district.yaml:5:24" in said
