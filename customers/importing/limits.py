"""How much a file may ask for. Every limit has its own message in `problems`."""

MAX_UPLOAD = 100 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_COLUMNS = 200
MAX_CELL = 32_767
"""Characters: what a spreadsheet itself allows in a cell."""
LAST_ROW = 2**31 - 1
"""No sheet is as long: a workbook that says so is broken."""
MAX_RECORD = 4 * 1024 * 1024
"""Characters of one CSV record: beyond it a quotation mark was never closed."""
MAX_ENTRIES = 2_000
MAX_UNPACKED = 1024 * 1024 * 1024
MAX_RATIO = 300
"""Unpacked to packed size. Real sheets reach 30; a bomb has a thousand."""
RATIO_FROM = 8 * 1024 * 1024
"""Below this many unpacked bytes the ratio does not matter."""
MAX_STRINGS = 200 * 1024 * 1024
"""Bytes of a workbook's shared texts held in memory."""
MAX_MERGES = 200_000
"""Cells of a sheet that lie over several rows."""
MAX_FILLED = 100_000_000
"""Characters that such cells put into the rows below their first."""
MAX_SEARCHED = 64 * 1024 * 1024
"""Bytes of a sheet that are searched for such cells before anything but its beginning is read."""
MAX_PEOPLE = 200
"""Contact persons of one customer that rows of its own bring."""
MAX_ALIASES = 30
"""Other names of one customer."""
SAMPLE_ROWS = 50
RETENTION_DAYS = 30
