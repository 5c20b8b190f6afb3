"""What can be wrong with a file or with a row: codes, and their words in the reader's language.

Parameters are numbers, column names and sheet names; never the value that is wrong.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _


class FileProblem(Exception):
    """The file as a whole cannot be imported. Nothing has been written; `FILE_PROBLEMS[code]` says what to do."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    @property
    def text(self) -> str:
        return file_problem_text(self.code, self.params)


def file_problem_text(code: str, params: dict[str, Any]) -> str:
    message = FILE_PROBLEMS.get(code)
    return str(message) % params if message else ""


FILE_PROBLEMS = {
    "empty": _(
        "The file is empty. Nothing was imported. Choose a file with a heading row and at least one row below it."
    ),
    "no_rows": _(
        "The file has headings but no rows below them. Nothing was imported. Add rows and upload it again."
    ),
    "no_headings": _(
        "The first row seems to hold data, not headings. Nothing was imported. "
        "Add a row with a name for each column and upload it again."
    ),
    "too_large": _(
        "The file is larger than %(limit)s MB. Nothing was imported. Split it into several files."
    ),
    "too_many_rows": _(
        "The file has more than %(limit)s rows. Nothing was imported. Split it into several files."
    ),
    "too_many_columns": _(
        "The file has more than %(limit)s columns. Nothing was imported. Delete the columns you do not need."
    ),
    "encoding": _(
        "Line %(line)s is neither UTF-8 nor Chinese text in GB18030. Nothing was imported. Choose the encoding of the file, "
        "or save it as “CSV UTF-8” in a spreadsheet program, and upload it again."
    ),
    "other_encoding": _(
        "Line %(line)s holds characters that are not of the encoding you chose. Nothing was imported. "
        "Choose another one and upload the file again."
    ),
    "mixed_encoding": _(
        "The file mixes UTF-8 and GB18030: the encoding changes in line %(line)s. Nothing was imported. "
        "Save the parts in one encoding and upload it again."
    ),
    "binary": _(
        "This is not a table that we can read. Nothing was imported. Save it as CSV or as an Excel workbook (.xlsx)."
    ),
    "old_excel": _(
        "This is a workbook of the old Excel format (.xls). Nothing was imported. Open it and save it as .xlsx or CSV."
    ),
    "protected": _(
        "The workbook is protected by a password. Nothing was imported. Remove the password in Excel and upload it again."
    ),
    "html": _(
        "This is a web page under the name of a table. Nothing was imported. Open it in Excel and save it as .xlsx or CSV."
    ),
    "open_quote": _(
        "A quotation mark opened in line %(line)s is never closed. Nothing was imported. "
        "Close or double it and upload the file again."
    ),
    "broken_workbook": _(
        "The workbook is damaged or incomplete. Nothing was imported. Open it in Excel, save it anew and upload it again."
    ),
    "bomb": _(
        "The workbook unpacks to an unreasonable size, as harmful files do. Nothing was imported. "
        "Copy the rows into a new workbook and upload that."
    ),
    "entities": _(
        "The workbook contains document type declarations, as harmful files do. Nothing was imported. "
        "Copy the rows into a new workbook and upload that."
    ),
    "no_sheet": _("The workbook has no sheet with cells. Nothing was imported. Choose another file."),
    "too_many_texts": _(
        "The workbook holds more text than we can read at once. Nothing was imported. Save it as CSV and upload that."
    ),
    "too_many_merges": _(
        "The workbook has too many merged cells. Nothing was imported. Unmerge them in Excel and upload it again."
    ),
    "damaged": _("The stored file can no longer be read. Nothing was imported. Upload it again."),
    "gone": _("The file of this import has been deleted. Upload it again."),
    "no_name_column": _("No column is mapped to the name. Choose the column that holds it."),
}

ROW_PROBLEMS = {
    "name_missing": _("The name is missing."),
    "too_long": _("“%(column)s” is too long: at most %(param)s characters."),
    "too_many_names": _("“%(column)s” brings more than %(param)s other names."),
    "cell_too_long": _("“%(column)s” holds more than %(param)s characters, more than a cell can have."),
    "control": _("“%(column)s” holds control characters."),
    "extra_cells": _(
        "The row has %(param)s cells more than there are headings. Is a comma in a value not quoted?"
    ),
    "short_row": _("The row ends early; missing cells are read as empty."),
    "bad_phone": _("“%(column)s” is not a phone number."),
    "rounded_phone": _(
        "“%(column)s” was rounded by the spreadsheet. Format the column as text and enter it again."
    ),
    "bad_email": _("“%(column)s” is not an email address."),
    "bad_wechat": _("“%(column)s” is not a WeChat id."),
    "bad_date": _("“%(column)s” is not a date we know. Write it as 2024-01-31."),
    "no_such_day": _("“%(column)s” is a day that the calendar does not have."),
    "shared_contact": _(
        "A customer of another name has the same phone or email. Both are kept; look under Duplicates whether they are one."
    ),
    "bad_value": _("“%(column)s” is not valid for this field. Correct it and import the row again."),
    "bad_number": _("“%(column)s” is not a number."),
    "bad_boolean": _("“%(column)s” is neither yes nor no."),
    "bad_own_choice": _("“%(column)s” is not one of: %(param)s."),
    "bad_distance": _("“%(column)s” is not a distance. Write kilometres, as 12.5."),
    "required": _("“%(param)s” is missing, and your organisation asks for it."),
    "date_future": _("“%(column)s” lies in the future."),
    "date_past": _("“%(column)s” lies too far back."),
    "bad_choice": _("“%(column)s” is not one of: %(param)s."),
    "bad_identity": _("“%(column)s” is not an identity number."),
    "rounded_identity": _(
        "“%(column)s” was rounded by the spreadsheet. Format the column as text and enter it again."
    ),
    "bad_bank": _("“%(column)s” is not a bank account."),
    "unknown_member": _(
        "“%(column)s” names nobody in the organisation. Use the email address or the full name."
    ),
    "may_not_assign": _("You may not assign customers to the person in “%(column)s”."),
    "unknown_tag": _(
        "“%(column)s” names a tag that your organisation does not have, and you may not make new ones."
    ),
    "archived_tag": _("“%(column)s” names a tag that is archived."),
    "tag_gone": _("It names a tag that your organisation does not have, and you may not make new ones."),
    "unknown_purpose": _("“%(column)s” names nothing that your organisation asks consent for."),
    "consent_incomplete": _(
        "A consent needs all of: what for, agreed or withdrawn, how it came, on which day."
    ),
    "not_worded": _("No wording of the consent was in force on that day."),
    "consent_stays": _("What was said about consent stays: nobody can unsay it."),
    "formula_unknown": _(
        "“%(column)s” holds a formula without a value. Open the file in a spreadsheet program, save it there and "
        "upload it again."
    ),
    "formula_error": _("“%(column)s” holds a spreadsheet error."),
    "same_as_row": _("The same customer stands in row %(param)s already."),
    "person_of_row": _("Contact person of the customer in row %(param)s."),
    "too_many_people": _(
        "The customer of row %(param)s has as many contact persons as a file can bring. Add the others on its page."
    ),
    "row_left": _("Row %(param)s, whose contact person it names, was not imported."),
    "totals": _("The row adds up the others."),
    "exists": _("The customer exists already."),
    "exists_other": _("The customer exists and belongs to %(param)s."),
    "exists_nobody": _("The customer exists and belongs to nobody you may act for."),
    "exists_archived": _("The code belongs to an archived customer."),
    "code_taken": _("Another customer has this code."),
    "ambiguous": _("Several customers fit this row."),
    "cap": _("%(param)s owns as many customers as they may."),
    "gone": _("The customer was deleted, merged or archived meanwhile."),
    "edited_since": _("Edited since the import: %(param)s kept."),
    "activity_since": _("Has activity since the import and was kept."),
    "deleted_since": _("Was deleted or merged since the import."),
}
