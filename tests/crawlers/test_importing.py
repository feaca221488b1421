"""Files of owners, surveys and past data into the store."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from config import load_config
from crawlers.importing import Reading, import_file, import_metrics, plan_import
from crawlers.tables import ImportProblem

NOW = "2026-10-05T08:00:00Z"
ROOT = Path(__file__).resolve().parents[2]
AIRLINES = ("American", "Delta", "Southwest", "US Airways", "United", "Virgin America")
CONFIG = """[repute]
database = "repute.db"
[[brands]]
id = "acme"
name = "Acme Foods"
role = "own"
query = "acme"
accounts = ["AcmeHelp"]
[[brands]]
id = "rival"
name = "Rival"
role = "competitor"
query = "rival"
"""


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    return load_config(tmp_path / "config.toml")


@pytest.fixture
def put(tmp_path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows(config, query: str) -> list[tuple]:
    db = sqlite3.connect(config.database)
    found = db.execute(query).fetchall()
    db.close()
    return found


MENTIONS = """
select m.site, m.title, m.text, m.rating, m.published, m.published_precision, b.brand, b.matched
from mentions m join mention_brands b on b.mention = m.id order by m.id
"""


def test_csv_lands_and_lands_once(config, put):
    path = put(
        "export.csv",
        'Review Title;Review;Stars;Company;Created At\nGood;"Fast;\nand fresh";5;ACME foods;2026-09-12\n;Late;1;rival;2026-09-13 10:30\n',
    )
    report = import_file(path, config, now=NOW)
    assert report.columns == {
        "text": "Review",
        "title": "Review Title",
        "date": "Created At",
        "rating": "Stars",
        "brand": "Company",
    }
    assert (report.rows, report.new, report.undated, report.left_out, report.faults) == (2, 2, 0, (), ())
    assert rows(config, MENTIONS) == [
        ("export", "Good", "Fast;\nand fresh", 5.0, "2026-09-12T00:00:00Z", "day", "acme", "ACME foods"),
        ("export", None, "Late", 1.0, "2026-09-13T10:30:00Z", "second", "rival", "rival"),
    ]
    again = import_file(path, config, now=NOW)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 2)


def test_html_of_an_export_is_stored_as_words_with_others_quotes_marked(config, put):
    quoting = "<blockquote>Acme is a scam.</blockquote><p>I disagree</p>"
    table = [
        {"id": "1", "title": "<b>Fresh</b>", "text": "<p>Loved the bread.</p><p>Rude staff.</p>", "reply": "Sorry!<br>Acme"},
        {"id": "2", "title": "Fewer than < 5", "text": quoting, "reply": ""},
        {"id": "3", "title": "", "text": "price < 5 and > 3, I <3 it", "reply": ""},
    ]
    path, about = put("export.json", json.dumps(table)), Reading(site="x", brand="acme")
    report = import_file(path, config, now=NOW, reading=about, columns={"reply": "reply"})
    assert (report.new, report.replies_new) == (3, 1)
    assert rows(config, "select title, text from mentions order by external_id") == [
        ("Fresh", "Loved the bread.\n\nRude staff."),
        (None, "Sorry!\nAcme"),
        ("Fewer than < 5", "> Acme is a scam.\n\nI disagree"),
        (None, "price < 5 and > 3, I <3 it"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(config, put, encoding, delimiter):
    text = f'id{delimiter}text\r\n1{delimiter}"acme: çok ""geç"", {delimiter} değil mi?"\r\n'
    assert import_file(put("a.csv", text.encode(encoding)), config, now=NOW).new == 1
    assert rows(config, "select external_id, text from mentions") == [("1", f'acme: çok "geç", {delimiter} değil mi?')]


def test_json_lines_compressed_and_as_a_list(config, put):
    lines = [{"body": "acme is fine", "likes": 3, "extra": {"a": 1}}, {"body": "rival is not", "when": None}]
    report = import_file(put("a.jsonl.gz", gzip.compress("\n".join(map(json.dumps, lines)).encode())), config, now=NOW)
    assert (report.new, report.columns) == (2, {"text": "body", "engagement": "likes"})
    again = import_file(put("b.json", json.dumps(lines)), config, now=NOW, reading=Reading(site="a", kind="post"))
    assert (again.new, again.updated) == (0, 2)
    assert rows(config, "select site, kind, engagement from mentions order by id") == [("a", "post", 3), ("a", "post", None)]


def test_wrong_encoding_names_the_place_and_the_cure_and_stores_nothing(config, put):
    path = put("a.csv", "id,text\n1,acme ok\n2,acme geç\n".encode("cp1254"))
    with pytest.raises(ImportProblem, match=r"byte 27 \(line 3\) is no UTF-8; name the file's encoding: --encoding cp1254"):
        import_file(path, config, now=NOW)
    assert not config.database.exists() or rows(config, "select count(*) from mentions") == [(0,)]
    assert import_file(path, config, now=NOW, encoding="cp1254").new == 2
    assert rows(config, "select text from mentions where external_id = '2'") == [("acme geç",)]


@pytest.mark.parametrize(
    ("content", "columns", "words"),
    [
        ("a,b\n1,2\n", {}, "no column looks like the text; there are: a, b. Name it with --column text=NAME"),
        (
            "verbatim x,b\n1,2\n",
            {"text": "verbatim"},
            "there is no column 'verbatim'; did you mean 'verbatim x'? There are: verbatim x, b",
        ),
        ("text\nx\n", {"txt": "text"}, "'txt' is nothing that we take; there are: text, title,"),
        ("", {}, "the file is empty"),
        ("\n\n", {}, "the file is empty"),
        ("[]", {}, "this is JSON without a row; there is nothing to import"),
        ('{"tickets": []}', {}, "this is JSON without a row; there is nothing to import"),
        (
            '{"a":1\n',
            {},
            "this begins as JSON, but line 1 is no JSON (Expecting ',' delimiter: line 2 column 1 (char 7)), and no line",
        ),
        (
            '[{"text":"acme"},',
            {},
            "begins as JSON, but line 1 is no JSON list: it is cut off or broken, and no line is a row; mend it",
        ),
        ("[1, 2]", {}, "this begins as JSON, but line 1 is no JSON object, and no line is a row"),
        ("[Acme],text\n1,2\n", {}, "this begins as JSON, but line 1 is no JSON list"),
    ],
)
def test_a_file_that_cannot_be_mapped_says_so(config, put, content, columns, words):
    with pytest.raises(ImportProblem) as problem:
        import_file(put("a.csv", content), config, now=NOW, columns=columns)
    assert words in str(problem.value)
    assert "a.csv" in str(problem.value)


@pytest.mark.parametrize("name", ["gone.csv", "bad.csv.gz"])
def test_a_file_that_cannot_be_read_says_so(config, put, name):
    put("bad.csv.gz", gzip.compress(b"text\nacme\n" * 999)[:40])
    with pytest.raises(ImportProblem, match=name):
        import_file(config.path.with_name(name), config, now=NOW)


def test_bad_rows_cost_themselves_only_and_are_named(config, put):
    content = "text,date,stars\nacme a,2026-09-12,9\nacme b,someday,4\nacme c,1,2,3,4\n,2026-09-12,\nnobody,,\nacme d,03/04/2026,\nacme a,2026-09-12,9\n"
    report = import_file(put("a.csv", content), config, now=NOW)
    assert (report.rows, report.new, report.repeated, report.undated) == (7, 3, 1, 2)
    assert dict(report.left_out) == {"not readable": 1, "no text and no rating": 1, "no brand": 1}
    assert report.faults == (
        (2, "'9' is no rating from 1 to 5: imported without"),
        (3, "'someday' is no date, or may be two: imported without (--day-first or --month-first)"),
        (4, "has 5 cells where the header has 3"),
        (5, "no text and no rating"),
        (6, "no brand's query matches; --brand names the brand of all rows"),
        (7, "'03/04/2026' is no date, or may be two: imported without (--day-first or --month-first)"),
        (8, "'9' is no rating from 1 to 5: imported without"),
    )
    assert rows(config, "select text, rating, published from mentions order by id") == [
        ("acme a", None, "2026-09-12T00:00:00Z"), ("acme b", 4.0, None), ("acme d", None, None),
    ]  # fmt: skip


def test_blank_lines_above_the_header_say_nothing(config, put):
    report = import_file(put("a.csv", "\n\nid,text\n1,acme a\nacme b,2,3\n"), config, now=NOW)
    assert (report.new, report.faults) == (1, ((5, "has 3 cells where the header has 2"),))


def test_a_date_that_lies_ahead_is_told(config, put):
    content = "text,date,company_reply,company_reply_date\nacme a,31/12/2026,,\nacme b,2026-10-05 20:00,,\n"
    content += "acme c,2026-10-01,sorry,2027-01-01\nacme d,2026-10-01,sorry,someday\n"
    report = import_file(put("a.csv", content), config, now=NOW)
    assert (report.new, report.undated, report.replies) == (4, 1, 2)
    assert report.faults == (
        (2, "'31/12/2026' is after the day of this import, 2026-10-05: imported without its date"),
        (4, "'2027-01-01' is after the day of this import, 2026-10-05: imported without its date"),
        (5, "'someday' is no date of a reply, or may be two: read without (--day-first or --month-first)"),
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--delimiter", ";;"), "--delimiter ;;: this is not one character; write one like ; or , or tab"),
        (("--delimiter", '"'), '--delimiter ": this is not one character'),
        (("--delimiter", ""), "'--delimiter': '' says nothing; give a word, or leave the option out"),
        (("--site", " "), "'--site': ' ' says nothing; give a word, or leave the option out"),
        (("--encoding", "hex"), "'hex' is no encoding; try --encoding utf-8 or --encoding cp1252"),
        (("--time-zone", "../x"), "--time-zone ../x: there is no such time zone; write one like Europe/Berlin"),
        (("--time-zone", "Europe"), "--time-zone Europe: there is no such time zone; write one like Europe/Berlin"),
        (("--best", "0"), "--best 0: the worst rating of stars is 1; give a number above it, like 5"),
        (("--best", "nan"), "--best nan: the worst rating of stars is 1; give a number above it, like 5"),
        (("--best", "0", "--measure", "nps"), "--best 0: the worst rating of nps is 0; give a number above it, like 10"),
        (("--column", "text=text", "--column", "text=stars"), "text is told 2 times, 'text' and 'stars'; give one of them"),
    ],
)
def test_an_option_that_cannot_be_is_named_and_nothing_is_stored(config, put, arguments, words):
    path = put("a.csv", "text,stars\nacme a,3\n")
    done = CliRunner().invoke(main, ["import", str(path), *arguments, "--config", str(config.path)])
    assert done.exit_code in (1, 2)
    assert words in done.stderr
    assert not config.database.exists()


@pytest.mark.parametrize("name", ["tab", "\\t", "\t"])
def test_a_tab_is_given_as_people_write_it(config, put, name):
    assert import_file(put("a.csv", "id,x\ttext\n1\tacme a\n"), config, now=NOW, delimiter=name).new == 1


def test_a_csv_whose_first_column_looks_like_json_is_read_when_its_delimiter_is_said(config, put):
    path = put("a.csv", "[Id],text\n1,acme a\n")
    with pytest.raises(ImportProblem, match="if it is CSV, say so with --delimiter"):
        import_file(path, config, now=NOW)
    assert import_file(path, config, now=NOW, delimiter=",").new == 1


OWN = """
[[brands]]
id = "acme"
name = "Acme"
role = "own"
query = "acme"

[[brands]]
id = "rival"
name = "Rival"
role = "competitor"
query = "rival"
"""


@pytest.fixture
def own(tmp_path):
    (tmp_path / "config.toml").write_text(OWN)
    return load_config(tmp_path / "config.toml", {})


@pytest.mark.parametrize("kind", ["survey", "call"])
def test_a_survey_from_any_program_is_about_the_own_brand(own, put, kind):
    path = put("a.csv", "text,brand\nslow,\nrival is cheaper,\nfine,Rival\nmeh,Nobody\n")
    plan = plan_import(path, own, {"kind": kind})
    report = import_file(path, own, now=NOW, reading=plan.reading, export=plan.export)
    assert (report.new, report.left_out) == (3, (("unknown brand", 1),))
    assert report.faults == (
        (
            5,
            "'Nobody' is no brand of the configuration, neither id nor name; if the column names no brands, give --column brand=-",
        ),
    )
    assert rows(own, "select text, brand, matched from mentions join mention_brands on mention = id order by id") == [
        ("slow", "acme", f"kind {kind}"), ("rival is cheaper", "acme", f"kind {kind}"), ("fine", "rival", "Rival"),
    ]  # fmt: skip


def test_whose_a_review_or_a_survey_is_may_be_said(own, put):
    path = put("a.csv", "text\nslow\n")
    assert plan_import(path, own, {}).reading.owner is None
    plan = plan_import(path, own, {"kind": "survey", "brand": "rival"})
    import_file(path, own, now=NOW, reading=plan.reading, export=plan.export)
    assert rows(own, "select brand, matched from mention_brands") == [("rival", "--brand")]


def test_broken_json_lines_cost_themselves_only(config, put):
    report = import_file(put("a.jsonl", '{"text": "acme a"}\n{"text": \n[1]\n{"text": "acme b"}\n'), config, now=NOW)
    assert (report.rows, report.new, dict(report.left_out)) == (4, 2, {"not readable": 2})
    assert [line for line, _ in report.faults] == [2, 3]


def test_brands_come_from_the_option_the_column_or_the_query(config, put):
    path = put("a.csv", "text,brand\nfine,ACME\nfine,Nobody Ltd\nrival is worse,\n")
    report = import_file(path, config, now=NOW)
    assert report.unknown_brands == (("Nobody Ltd", 1),)
    assert rows(config, "select text, brand, matched from mentions join mention_brands on mention = id order by id") == [
        ("fine", "acme", "ACME"), ("rival is worse", "rival", "rival"),
    ]  # fmt: skip
    assert import_file(path, config, now=NOW, reading=Reading(site="other", brand="Acme Foods")).new == 3
    with pytest.raises(ImportProblem, match=r"--brand acne: there is no such brand in config.toml; there are: acme, rival"):
        import_file(path, config, now=NOW, reading=Reading(site="x", brand="acne"))


def test_the_brands_own_account_is_the_company(config, put):
    import_file(put("a.csv", "text,author\nsorry about that,@acmehelp\n"), config, now=NOW)
    assert rows(config, "select voice, brand from mentions join mention_brands on mention = id") == [("company", "acme")]


@pytest.mark.parametrize(
    ("measure", "cell", "stored"),
    [
        ("nps", "0", (0.0, 0.0, 10.0, "nps")), ("nps", "10", (10.0, 0.0, 10.0, "nps")), ("nps", "11", (None,) * 4),
        ("csat", "5", (5.0, 1.0, 5.0, "csat")), ("thumbs", "Yes", (1.0, 0.0, 1.0, "thumbs")), ("stars", "4,5", (4.5, 1.0, 5.0, "stars")),
        ("stars", "4/5", (4.0, 1.0, 5.0, "stars")),
    ],
)  # fmt: skip
def test_measures(config, put, measure, cell, stored):
    reading = Reading(site="survey", kind="survey", brand="acme", measure=measure)
    import_file(put("a.csv", f"text;score\nhm;{cell}\n"), config, now=NOW, reading=reading)
    assert rows(config, "select rating, rating_worst, rating_best, rating_measure from mentions") == [stored]


def test_ratings_without_text_are_imported_when_asked_for(config, put):
    report = import_file(
        put("a.csv", "id,score\n1,4\n2,\n"), config, now=NOW, columns={"text": "-"}, reading=Reading(site="s", brand="acme")
    )
    assert (report.new, dict(report.left_out)) == (1, {"no text and no rating": 1})


def test_metrics_replace_their_day(config, put):
    path = put(
        "orders.csv", "day,series,value\n2026-09-01,orders,10\n2026-09-02,orders,12.5\nsoon,orders,1\n2026-09-03,orders,many\n"
    )
    report = import_metrics(path, config, now=NOW, columns={"name": "series"})
    assert (report.rows, report.new, dict(report.left_out)) == (4, 2, {"no number": 1, "no day": 1})
    put("orders.csv", "day,series,value\n2026-09-01,orders,11\n2026-09-02,orders,12.5\n")
    assert (import_metrics(path, config, now=NOW, columns={"name": "series"}).new, rows(config, "select * from metrics")) == (
        1, [("orders", "2026-09-01", 11.0), ("orders", "2026-09-02", 12.5)],
    )  # fmt: skip


def test_a_thousands_comma_does_not_make_a_thousand_one(config, put):
    path = put(
        "orders.csv", 'date,name,value\n2026-09-01,orders,"1,234"\n2026-09-02,orders,"1,234,567.5"\n2026-09-03,orders,"4,5"\n'
    )
    import_metrics(path, config, now=NOW)
    assert rows(config, "select value from metrics order by date") == [(1234.0,), (1234567.5,), (4.5,)]
    import_file(put("likes.csv", 'text,likes\nacme is late,"1,234"\n'), config, now=NOW)
    assert rows(config, "select engagement from mentions") == [(1234,)]


def test_json_lines_may_first_name_a_column_far_down(config, put):
    lines = [{"text": f"acme number {n}"} | ({"rating": 2} if n == 299 else {}) for n in range(300)]
    import_file(put("a.jsonl", "\n".join(map(json.dumps, lines))), config, now=NOW)
    assert rows(config, "select text, rating from mentions where rating is not null") == [("acme number 299", 2.0)]


def test_a_quotation_mark_that_is_never_closed_costs_its_own_row_only(config, put):
    path = put("a.csv", 'text,rating\n"acme\none",3\n"acme two,3\nacme three,2\nacme four,1\n')
    report = import_file(path, config, now=NOW)
    assert report.faults == ((4, "opens a quotation mark that is never closed"),)
    assert rows(config, "select text from mentions order by id") == [
        ("acme\none",),
        ("acme three",),
        ("acme four",),
    ]


def test_a_json_list_may_begin_after_an_empty_line(config, put):
    assert import_file(put("a.json", '\n[{"text": "acme is late"}]\n'), config, now=NOW).new == 1


def write_airlines(folder: Path) -> Path:
    brands = "".join(
        f'[[brands]]\nid = "{name.lower().replace(" ", "")}"\nname = "{name}"\nrole = "{"competitor" if n else "own"}"\n'
        f"query = '\"{name}\"'\n"
        for n, name in enumerate(AIRLINES)
    )
    (folder / "config.toml").write_text(f'[repute]\ndatabase = "repute.db"\n{brands}')
    return folder / "config.toml"


def test_real_tweets_all_land_under_their_airline(labelled, tmp_path):
    path = labelled / "eval" / "airline_tweets" / "train.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    distinct = {(line["brand"], line["text"].strip()) for line in lines}
    config = load_config(write_airlines(tmp_path))
    report = import_file(path, config, now=NOW, reading=Reading(site="airline_tweets", kind="post"))
    assert (report.rows, report.new, report.repeated, report.undated) == (
        len(lines),
        len(distinct),
        len(lines) - len(distinct),
        len(distinct),
    )
    assert (report.left_out, report.faults) == ((), ())
    stored = dict(rows(config, "select matched, count(*) from mention_brands group by matched"))
    assert stored == Counter(brand for brand, _ in distinct)


IMPORT = """
import sys
from pathlib import Path
from config import load_config
from crawlers.importing import import_file
import_file(Path(sys.argv[2]), load_config(Path(sys.argv[1])), now="2026-10-05T08:00:00Z", progress=lambda line, lines: print(line, flush=True))
"""


def test_a_killed_import_is_finished_by_starting_again(config, put):
    path = put("a.csv", "id,text\n" + "".join(f"{n},acme number {n} came late\n" for n in range(6000)))
    command = [sys.executable, "-c", IMPORT, str(config.path), str(path)]
    for reached in ("1500", "3500"):
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
        ) as process:
            while int(process.stdout.readline()) < int(reached):
                time.sleep(0)
            process.send_signal(signal.SIGKILL)
    held = rows(config, "select count(*) from mentions")[0][0]
    assert 1000 <= held < 6000
    report = import_file(path, config, now=NOW)
    assert (report.new, report.unchanged, report.updated) == (6000 - held, held, 0)
    assert rows(config, "select count(*), count(distinct external_id) from mentions") == [(6000, 6000)]
