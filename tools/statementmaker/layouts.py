"""Three banks that do not exist, and how they print an account."""

from dataclasses import dataclass

from statementmaker.paper import HEIGHT, WIDTH, Page, Piece, broken, width_of

TOP, BOTTOM, SIDE = 40, 50, 32


@dataclass
class Column:
    key: str
    heads: tuple
    width: float
    align: str = "left"   # of the data
    head_align: str = ""  # of the head, if other
    wraps: bool = False


def amount(minor):
    whole, cents = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole:,}.{cents:02d}"


class Layout:
    size, pitch, line = 8, 16, 11
    descending = False

    def truth(self, account):
        ordered = self.ordered(account)
        return {
            "bank": self.bank, "holder": account.holder, "account_tail": "****" + account.number[-4:],
            "currency": "CNY", "from": account.first.isoformat(), "to": account.last.isoformat(),
            "opening": account.opening, "closing": account.closing,
            "order": "descending" if self.descending else "ascending",
            "rows": [{"date": r.when.date().isoformat(), "time": self.time_of(r), "amount": r.amount,
                      "balance": r.balance, "description": self.description(r), "counterparty": r.party,
                      "kind": r.kind} for r in ordered],
            "salary_rows": [i for i, r in enumerate(ordered) if r.kind == "salary"],
        }

    def ordered(self, account):
        return list(reversed(account.rows)) if self.descending else list(account.rows)

    def description(self, row):
        return row.text

    def time_of(self, row):
        return ""

    def cell(self, row, key, index):
        return {"date": row.when.date().isoformat(), "text": row.text, "party": row.party,
                "account": row.party_account, "purpose": row.purpose, "balance": amount(row.balance)}[key]

    def set_pages(self, account):
        ordered = self.ordered(account)
        rows = [self.set_row(row, index) for index, row in enumerate(ordered)]
        room = HEIGHT - BOTTOM - 24
        groups, page_rows, y = [], [], self.table_top(True)
        for index, lines in enumerate(rows):
            tall = self.row_height(lines)
            if y + tall > room and page_rows:
                groups.append(page_rows)
                page_rows, y = [], self.table_top(False)
            page_rows.append(index)
            y += tall
        groups.append(page_rows)
        return [self.set_page(account, ordered, rows, group, number, len(groups))
                for number, group in enumerate(groups)]

    def table_top(self, first):
        return TOP + (92 if first else 26) + self.line * len(self.columns[0].heads) + 8

    def set_row(self, row, index):
        """Lines of every cell."""
        out = {}
        for column in self.columns:
            text = self.cell(row, column.key, index)
            out[column.key] = broken(text, self.size, column.width - 5) if column.wraps else [text]
        return out

    def row_height(self, lines):
        most = max(len(cell) for cell in lines.values())
        return self.pitch + (most - 1) * self.line

    def place(self, page, column, left, text, y, align, **how):
        wide = width_of(text, self.size, how.get("bold", False))
        x = {"left": left + 2, "right": left + column.width - 3 - wide,
             "centre": left + (column.width - wide) / 2}[align]
        page.pieces.append(Piece(text, x, y, self.size, column=column.key, **how))

    def set_page(self, account, ordered, rows, group, number, count):
        page = Page()
        # First, so that the rows are printed over it.
        page.pieces.append(Piece("样本 SPECIMEN", 130, 560, 54, bold=True, grey=0.93, turned=-35))
        page.pieces.append(Piece("样本 SPECIMEN", WIDTH - SIDE - width_of("样本 SPECIMEN", 9), 14, 9, grey=0.4))
        if number == 0:
            self.set_title(page, account)
        y = self.table_top(number == 0) - 8 - self.line * len(self.columns[0].heads)
        page.rules.append((SIDE, y - 3, WIDTH - SIDE, y - 3))
        left = SIDE
        for column in self.columns:
            for level, head in enumerate(column.heads):
                self.place(page, column, left, head, y + level * self.line, column.head_align or column.align,
                           bold=True)
            left += column.width
        y = self.table_top(number == 0)
        page.rules.append((SIDE, y - 3, WIDTH - SIDE, y - 3))
        for index in group:
            self.print_row(page, rows[index], index, y)
            y += self.row_height(rows[index])
        page.rules.append((SIDE, y + 2, WIDTH - SIDE, y + 2))
        self.set_footer(page, [ordered[i] for i in group], number, count, y + 8)
        return page

    def print_row(self, page, lines, index, y):
        left = SIDE
        for column in self.columns:
            for level, text in enumerate(lines[column.key]):
                if text:
                    self.place(page, column, left, text, y + level * self.line, column.align, row=index)
            left += column.width

    def text(self, page, text, x, y, size=8.5, **how):
        page.pieces.append(Piece(text, x, y, size, **how))


class BankA(Layout):
    key, bank = "a", "华光银行"
    columns = [Column("date", ("交易日期",), 62), Column("text", ("摘要",), 66),
               Column("party", ("对方户名",), 118), Column("account", ("对方账号",), 95),
               Column("in", ("收入",), 60, "right"), Column("out", ("支出",), 60, "right"),
               Column("balance", ("余额",), 70, "right")]

    def busy(self, rng):
        return rng.randrange(4, 22)

    def cell(self, row, key, index):
        if key == "in":
            return amount(row.amount) if row.amount > 0 else ""
        if key == "out":
            return amount(-row.amount) if row.amount < 0 else ""
        return super().cell(row, key, index)

    def set_title(self, page, account):
        title = "华光银行个人账户交易明细"
        self.text(page, title, (WIDTH - width_of(title, 15, True)) / 2, TOP, 15, bold=True)
        self.text(page, f"户名：{account.holder}", SIDE, TOP + 32)
        self.text(page, f"账号：{account.number[:4]} **** **** {account.number[-4:]}", 190, TOP + 32)
        self.text(page, "币种：人民币", 430, TOP + 32)
        self.text(page, f"起止日期：{account.first} 至 {account.last}", SIDE, TOP + 50)
        self.text(page, f"期初余额：{amount(account.opening)}", SIDE, TOP + 68)
        self.text(page, f"期末余额：{amount(account.closing)}", 190, TOP + 68)

    def set_footer(self, page, rows, number, count, y):
        came = sum(r.amount for r in rows if r.amount > 0)
        went = -sum(r.amount for r in rows if r.amount < 0)
        self.text(page, f"本页收入合计：{amount(came)}", 300, y)
        self.text(page, f"本页支出合计：{amount(went)}", 430, y)
        self.text(page, f"第 {number + 1} 页 / 共 {count} 页", WIDTH / 2 - 30, HEIGHT - 36)


class BankB(Layout):
    key, bank = "b", "海川银行"
    descending = True
    pitch = 18
    columns = [Column("date", ("交易日期", "Date"), 94), Column("text", ("交易摘要", "Description"), 80),
               Column("amount", ("交易金额", "Amount"), 86, "right"),
               Column("balance", ("账户余额", "Balance"), 90, "right"),
               Column("party", ("对方名称", "Counterparty"), 181, "left", "centre")]

    def busy(self, rng):
        return rng.randrange(4, 40)

    def time_of(self, row):
        return row.when.strftime("%H:%M:%S")

    def cell(self, row, key, index):
        if key == "date":
            return row.when.strftime("%Y-%m-%d %H:%M:%S")
        if key == "amount":
            return ("+" if row.amount > 0 else "") + amount(row.amount)
        return super().cell(row, key, index)

    def set_title(self, page, account):
        self.text(page, "海川银行 HAICHUAN BANK", SIDE, TOP, 14, bold=True)
        self.text(page, "账户流水 Account Statement", 330, TOP + 3, 11)
        self.text(page, f"户名 Account Name：{account.holder}", SIDE, TOP + 32)
        self.text(page, f"账号 Account No.：{account.number[:6]}*********{account.number[-4:]}", 270, TOP + 32)
        self.text(page, f"起止日期 Period：{account.first} - {account.last}", SIDE, TOP + 50)
        self.text(page, "币种 Currency：人民币 CNY", 270, TOP + 50)
        self.text(page, f"期初余额 Opening Balance：{amount(account.opening)}", SIDE, TOP + 68)
        self.text(page, f"期末余额 Closing Balance：{amount(account.closing)}", 270, TOP + 68)

    def set_footer(self, page, rows, number, count, y):
        self.text(page, f"Page {number + 1} of {count}", WIDTH - 90, HEIGHT - 36)
        self.text(page, "本流水仅供参考 For reference only", SIDE, HEIGHT - 36)


class BankC(Layout):
    key, bank = "c", "南岭农商银行"
    size, pitch, line = 7, 11.5, 8.6
    columns = [Column("number", ("序号",), 26), Column("date", ("记账日期",), 46),
               Column("flag", ("借贷标志",), 38, "centre"), Column("amount", ("交易金额",), 66, "right"),
               Column("balance", ("余额",), 72, "right", "centre"), Column("text", ("摘要",), 56, "left", "centre"),
               Column("purpose", ("用途",), 118, "left", "centre", True),
               Column("party", ("对方户名",), 109, "left", "centre", True)]

    def busy(self, rng):
        return rng.randrange(4, 60)

    def description(self, row):
        return (row.text + " " + row.purpose).strip()

    def cell(self, row, key, index):
        if key == "number":
            return str(index + 1)
        if key == "date":
            return row.when.strftime("%Y%m%d")
        if key == "flag":
            return "贷" if row.amount > 0 else "借"
        if key == "amount":
            return amount(abs(row.amount))
        return super().cell(row, key, index)

    def set_title(self, page, account):
        self.text(page, "南岭农商银行", SIDE, TOP, 13, bold=True)
        self.text(page, "分户账流水清单", 250, TOP, 13)
        self.text(page, f"客户姓名：{account.holder}", SIDE, TOP + 30)
        self.text(page, f"卡号：{account.number}", 160, TOP + 30)
        self.text(page, "货币：人民币", 420, TOP + 30)
        self.text(page, f"起始日期：{account.first:%Y年%m月%d日}", SIDE, TOP + 46)
        self.text(page, f"截止日期：{account.last:%Y年%m月%d日}", 160, TOP + 46)
        self.text(page, f"上期余额：{amount(account.opening)}", SIDE, TOP + 62)
        self.text(page, f"期末余额：{amount(account.closing)}", 160, TOP + 62)

    def set_footer(self, page, rows, number, count, y):
        self.text(page, f"小计 {len(rows)} 笔 净额 {amount(sum(r.amount for r in rows))}", SIDE, y, 7)
        self.text(page, f"打印日期：2026-01-05 10:20:30  第{number + 1}页/共{count}页", SIDE, HEIGHT - 36, 7)


ALL = [BankA(), BankB(), BankC()]
