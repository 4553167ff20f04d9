"""The appendix page is what the tables say today."""

from tools.isa_page import PAGE, page


def test_the_stored_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf8") == page(), "run: python -m tools.isa_page"
