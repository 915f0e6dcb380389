"""The log's export in Python's csv: inert under every separator a spreadsheet takes."""

import csv
import io

import pytest

FORMULAS = "=+-@\t\r＝＋－＠"
REASON = "Sorry;=HYPERLINK(\"https://evil.example\")|@SUM(1)\n=1+1\t+2, -3"
NAMES = ["Eve;=1+cmd|' /C calc'!A0", "＝1+1", "\"=1+1\"", "@Ann,=2", "-Bo", "x; ＋1"]


@pytest.fixture(scope="module")
def export(usher):
    attendees = [
        {"id": f"a{i}", "name": name, "email": f"eve{i}@example.com", "phone": "+1 202 555 0147"}
        for i, name in enumerate(NAMES)
    ]
    usher.json("PUT", "/v1/meetings/export", {
        "title": "Fenêtre;=9+9", "starts_at": "2030-03-01T10:00", "timezone": "UTC",
        "attendees": attendees,
    })
    usher.json("POST", "/v1/meetings/export/notifications",
               {"type": "confirmation_request"}, Idempotency_Key="export")
    usher.json("POST", "/v1/meetings/export/responses",
               {"attendee_id": "a0", "answer": "decline", "reason": REASON})
    status, headers, text = usher.call("GET", "/console/notifications.csv?meeting=export")
    assert status == 200 and headers["content-type"] == "text/csv; charset=utf-8"
    assert text.startswith("\ufeff")
    return text[1:]


def test_every_row_and_column_is_there(export):
    assert export.startswith("created_at,")
    rows = list(csv.DictReader(io.StringIO(export)))
    assert {row["email"] for row in rows} >= {f"eve{i}@example.com" for i in range(len(NAMES))}
    assert {row["meeting_title"] for row in rows} == {"Fenêtre;'=9+9"}
    assert any("Sorry" in row["answer_reason"] for row in rows)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_NONE])
def test_no_cell_begins_like_a_formula(export, separator, quoting):
    reader = csv.reader(io.StringIO(export, newline=""), delimiter=separator, quoting=quoting)
    cells = [cell for row in reader for cell in row]
    assert len(cells) > len(NAMES)
    begun = [cell for cell in cells if cell.strip(' "').startswith(tuple(FORMULAS))]
    assert begun == []
