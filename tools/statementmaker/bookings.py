"""Invented people and what happens on their accounts."""

import calendar
import datetime
from dataclasses import dataclass, field

FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
GIVEN = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "杰", "涛", "明", "超", "秀兰", "建国", "晓燕", "志强",
         "雨桐", "子涵", "浩然", "欣怡", "梦琪", "文博", "思远", "佳宁"]
PLACES = ["云栖", "青禾", "长汀", "白石", "松原里", "望江", "临溪", "远山"]
TRADES = ["科技有限公司", "机械制造有限公司", "商贸有限公司", "物流有限公司", "食品有限公司", "信息技术股份有限公司"]
SHOPS = ["青禾便利店", "望江菜场", "小满面馆", "松果咖啡", "白石超市", "远山书店", "临溪药房", "云栖出行", "长汀电影院", "晨光水果"]
LENDERS = ["青松消费金融有限公司", "海棠小额贷款有限公司"]


@dataclass
class Booking:
    when: datetime.datetime
    kind: str           # salary, rent, transfer, own, loan, repayment, refund, interest, card
    text: str
    party: str
    party_account: str
    amount: int         # minor units, in positive
    balance: int = 0
    purpose: str = ""


@dataclass
class Account:
    holder: str
    number: str
    first: datetime.date
    last: datetime.date
    opening: int
    rows: list = field(default_factory=list)  # from the oldest to the newest

    @property
    def closing(self):
        return self.rows[-1].balance if self.rows else self.opening


def person(rng):
    return rng.choice(FAMILY) + rng.choice(GIVEN)


def digits(rng, count):
    return "".join(str(rng.randrange(10)) for _ in range(count))


def card(rng):
    return "62" + digits(rng, 4) + "********" + digits(rng, 4)


class Writer:
    """Adds bookings to an account within its period."""

    def __init__(self, rng, account):
        self.rng, self.account = rng, account

    def add(self, day, kind, text, party, amount, purpose="", hour=None):
        rng = self.rng
        if not self.account.first <= day <= self.account.last or amount == 0:
            return
        hour = rng.randrange(7, 23) if hour is None else hour
        when = datetime.datetime.combine(day, datetime.time(hour, rng.randrange(60), rng.randrange(60)))
        number = card(rng) if party else ""
        self.account.rows.append(Booking(when, kind, text, party, number, amount, purpose=purpose))


def months_between(first, last):
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def on(year, month, day):
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def fill_month(rng, write, year, month, plan):
    def day():
        return on(year, month, rng.randrange(1, 29))

    pay = plan["salary"] + rng.randrange(-plan["salary"] // 12, plan["salary"] // 12)
    write.add(on(year, month, plan["payday"]), "salary", "代发工资", plan["employer"], pay,
              f"{year}年{month}月工资", hour=9)
    write.add(on(year, month, plan["rent_day"]), "rent", "转账支出", plan["landlord"], -plan["rent"],
              f"{month}月房租 水电另付")
    if plan["loan"] and (year, month) == plan["loan_month"]:
        write.add(day(), "loan", "贷款发放", plan["lender"], plan["loan"], "消费贷款放款")
    elif plan["loan"] and (year, month) > plan["loan_month"]:
        write.add(on(year, month, 18), "repayment", "贷款还款", plan["lender"], -plan["loan"] // 12, "按期扣款")
    if month % 3 == 0:
        write.add(on(year, month, 21), "interest", "结息", "", rng.randrange(60, 2400), "", hour=3)
    if rng.random() < 0.4:
        write.add(day(), "own", "本人互转", write.account.holder, rng.choice([-1, 1]) * rng.randrange(5, 40) * 10000,
                  "同名账户划转")
    if rng.random() < 0.5:
        write.add(day(), "refund", "退款", rng.choice(SHOPS), rng.randrange(1500, 26000), "商品退货退款")
    for _ in range(rng.randrange(0, 3)):
        write.add(day(), "transfer", "转账存入", person(rng), rng.randrange(2, 90) * 5000, "往来款")
    for _ in range(plan["busy"]):
        long = rng.random() < 0.25
        purpose = f"扫码消费 订单{digits(rng, 14)} 门店自提" if long else "扫码消费"
        write.add(day(), "card", "快捷支付", rng.choice(SHOPS), -rng.randrange(350, 42000), purpose)


def invent(rng, layout):
    """An account with three to twelve months of bookings; the balance never falls below zero."""
    months = rng.randrange(3, 13)
    start = rng.randrange(0, 18)
    first = datetime.date(2024 + start // 12, start % 12 + 1, 1)
    end = start + months - 1
    last = on(2024 + end // 12, end % 12 + 1, 31)
    account = Account(person(rng), "62" + digits(rng, 17), first, last, 0)
    salary = rng.randrange(4200, 26000) * 100 + rng.randrange(100)
    plan = {
        "salary": salary, "payday": rng.choice([5, 8, 10, 15, 25, 28]),
        "employer": rng.choice(PLACES) + rng.choice(TRADES), "landlord": person(rng), "rent": salary // 4 // 1000 * 1000,
        "rent_day": rng.randrange(1, 28), "lender": rng.choice(LENDERS),
        "loan": rng.choice([0, 1200000, 3600000]), "busy": layout.busy(rng),
    }
    at = rng.randrange(1, months)
    plan["loan_month"] = list(months_between(first, last))[at]
    write = Writer(rng, account)
    for year, month in months_between(first, last):
        fill_month(rng, write, year, month, plan)
    account.rows.sort(key=lambda r: r.when)
    lowest = running = 0
    for row in account.rows:
        running += row.amount
        lowest = min(lowest, running)
    account.opening = balance = rng.randrange(1000, 2000000) - lowest
    for row in account.rows:
        balance += row.amount
        row.balance = balance
    return account
