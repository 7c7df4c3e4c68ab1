# Writes records/workbook.xlsx with openpyxl 3.0.9: what a workbook of replies may hold.
import datetime
from openpyxl import Workbook

book = Workbook()
sheet = book.active
sheet.title = "Replies"
sheet.append(["id", "prompt", "text", "when", "score", "ok"])
sheet.append([1, "Ask é漢😀", "Say\nit", datetime.datetime(2026, 11, 27, 6, 30, 0), 0.5, True])
sheet.append([None] * 6)
sheet.append(["two", "Ask", "<b> & \"quotes\" _x000D_", datetime.date(2026, 11, 27), 1e300, False])
sheet.append([3, None, "=1+1", None, -2, None])
sheet.append([4, "Ask", "x" * 32767, None, None, None])
hidden = book.create_sheet("Hidden replies")
hidden.append(["text"])
hidden.append(["Hidden."])
hidden.sheet_state = "hidden"
notes = book.create_sheet("Notes")
notes.append(["Collected by J. on 1 November, with care."])
book.create_sheet("Empty")
book.save("records/workbook.xlsx")
