"""An import from upload to result: what is written, what is recognised, what is refused."""

import pytest

from customers.actions.health import refresh_health
from customers.models import (
    ContactPerson,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerHealth,
    CustomerSearch,
    ImportBatch,
    ImportRow,
    TimelineEntry,
)
from customers.queries.imports import lines
from customers.queries.search import search_among
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes, shared_file, xlsx_bytes
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope

IMPORTER = (*RIGHTS, "customers.import_customer")
HEAD = "编号,姓名,手机,邮箱,城市,地址,级别,来源,生日,身份证号"


@pytest.fixture
def importer(inside_ours):
    return member_with(*IMPORTER, name="管理员")


@pytest.fixture
def walk(ours, importer):
    return Walk(ours, importer)


def test_a_row_becomes_a_customer_with_everything_that_belongs_to_it(walk, importer):
    row = 'K-7,张伟,138 0013 8000,Zhang.Wei@Example.com,上海,"人民路1号, 2楼",重点,转介绍,1990年1月5日,11010519491231002X'
    walk.upload(csv_bytes(HEAD, row)).check().apply()
    assert walk.counts() == (1, 0, 0, 0)
    customer = Customer.objects.get()
    assert (customer.code, customer.name, customer.kind, customer.tier, customer.source) == (
        "K-7", "张伟", "person", "key", "referral",
    )  # fmt: skip
    assert (customer.name_key, customer.city, customer.street) == ("zhangwei", "上海", "人民路1号, 2楼")
    assert (customer.birthday.isoformat(), customer.identity_number) == ("1990-01-05", "11010519491231002X")
    assert (customer.owner, customer.created_by, customer.version) == (importer, importer, 1)
    points = ContactPoint.objects.order_by("position")
    assert [(p.kind, p.value, p.is_primary) for p in points] == [
        ("phone", "+8613800138000", True),
        ("email", "zhang.wei@example.com", True),
    ]
    assert TimelineEntry.objects.get(customer=customer).kind == "customer.imported"
    assert CustomerSearch.objects.filter(customer=customer).exists()


def test_the_staged_row_has_the_key_of_the_customer(walk):
    walk.upload(csv_bytes("姓名,手机", "张伟,13800138000")).check().apply()
    assert Customer.objects.get().pk == walk.batch.staged.get().pk


def test_an_import_doubts_the_numbers_that_no_country_knows(walk):
    walk.upload(csv_bytes("姓名,手机", "张伟,13800138000", "李娜,5550123")).check().apply()
    doubted = CustomerHealth.objects.values_list("customer__name", "doubtful_phone")
    assert dict(doubted) == {"张伟": False, "李娜": True}
    told = list(CustomerHealth.objects.order_by("pk").values())
    refresh_health([row["customer_id"] for row in told])
    assert list(CustomerHealth.objects.order_by("pk").values()) == told


def test_an_imported_customer_is_found_like_any_other(walk, importer):
    walk.upload(csv_bytes("姓名,手机", "欧阳娜娜,13800138000")).check().apply()
    everything = Customer.objects.visible_to(viewer_for(importer), "customers.view_customer")
    for typed in ("欧阳", "ouyang", "13800138000", "8000"):
        assert [customer.name for customer in search_among(everything, typed, viewer_for(importer))] == [
            "欧阳娜娜"
        ], typed


def test_other_names_come_with_a_file_are_found_and_go_with_it(walk, importer):
    old = CustomerFactory(name="乙公司", owner=importer, phones=["13900139000"], aliases=["乙"])
    head = "名称,手机,简称,曾用名,品牌,英文名"
    rows = ("甲公司,13800138000,小甲；老甲|小甲,甲厂,-,Alpha Ltd", "乙公司,13900139000,乙;小乙,,,")
    walk.upload(csv_bytes(head, *rows)).check(policy="update").apply()
    new = Customer.objects.get(name="甲公司")
    assert list(new.aliases.values_list("kind", "name", "position")) == [
        ("short", "小甲", 0), ("short", "老甲", 1), ("former", "甲厂", 2), ("foreign", "Alpha Ltd", 3),
    ]  # fmt: skip
    assert list(old.aliases.values_list("name", flat=True)) == ["乙", "小乙"]
    for typed, name in (("老甲", "甲公司"), ("alpha", "甲公司"), ("小乙", "乙公司")):
        assert [
            found.name for found in search_among(Customer.objects.all(), typed, viewer_for(importer))
        ] == [name]
    walk.revert()
    assert not Customer.objects.filter(name="甲公司").exists()
    assert list(old.aliases.values_list("name", flat=True)) == ["乙"]
    assert list(search_among(Customer.objects.all(), "小乙", viewer_for(importer))) == []


def test_names_that_are_too_long_or_too_many_are_refused(walk):
    many = ";".join(f"名{number}" for number in range(31))
    walk.upload(csv_bytes("名称,简称", f"甲,{'长' * 201}", f"乙,{many}", "丙,小丙")).check()
    problems = [row.problems and row.problems[0][0] for row in walk.batch.staged.order_by("number")]
    assert problems == ["too_long", "too_many_names", None]


def test_codes_are_drawn_for_rows_without_one(walk):
    walk.upload(csv_bytes("编号,姓名", ",甲", "X1,乙", ",丙")).check().apply()
    codes = list(Customer.objects.order_by("name_key").values_list("name", "code"))
    assert sorted(codes) == [("丙", "C000002"), ("乙", "X1"), ("甲", "C000001")]


def test_a_cell_may_hold_several_as_other_programs_join_them(walk):
    row = "Ann,+442079460000 ::: +442079460001,a@example.com ::: b@example.com"
    walk.upload(csv_bytes("Name,Phone 1 - Value,E-mail 1 - Value", row)).check().apply()
    assert [point.value for point in ContactPoint.objects.order_by("position")] == [
        "+442079460000", "+442079460001", "a@example.com", "b@example.com",
    ]  # fmt: skip


def test_companies_get_their_contact_person(walk):
    walk.upload(csv_bytes("公司名称,联系人,电话", "常青有限公司,李雷,021-62345678")).check().apply()
    customer = Customer.objects.get()
    assert (customer.kind, ContactPerson.objects.get(customer=customer).name) == ("company", "李雷")


def test_wrong_rows_are_reported_and_the_others_imported(walk):
    lines = [
        "姓名,手机,邮箱,生日,级别",
        "甲,13800138001,a@example.com,2024-13-01,重点",
        ",13800138002,,,",
        "丙,12,not-an-email,2999-01-01,钻石",
        "丁,1.38E+10,,,",
        "戊,13800138005,,,,多余",
        "己,13800138006",
        "庚\0,13800138007,,,",
        f"辛,13800138008,{'x' * 40_000},,",
        "壬,13800138009,,,#REF!",
    ]
    walk.upload(csv_bytes(*lines)).check(mapping=["name", "phone", "email", "birthday", "tier"]).apply()
    assert walk.problems() == {
        2: ["bad_date"],
        3: ["name_missing"],
        4: ["date_future", "bad_choice", "bad_phone", "bad_email"],
        5: ["rounded_phone"],
        6: ["extra_cells"],
        8: ["control"],
        9: ["cell_too_long"],
        10: ["formula_error"],
    }
    assert list(Customer.objects.values_list("name", flat=True)) == ["己"]


def test_existing_customers_are_skipped_updated_or_created_again(walk, importer):
    there = CustomerFactory(name="张三丰", phones=["13800138000"], owner=importer, city="北京")
    data = csv_bytes("姓名,手机,城市,邮箱", "张三,13800138000,上海,new@example.com", "李四,13900139000,广州,")
    walk.upload(data).check(policy="skip").apply()
    assert walk.counts() == (1, 0, 1, 0)
    assert walk.problems() == {2: ["exists"]}
    again = Walk(walk.organization, importer).upload(data).check(policy="update").apply()
    assert again.counts() == (0, 2, 0, 0)
    there.refresh_from_db()
    assert (there.name, there.city, there.version) == ("张三", "上海", 2)
    assert sorted(point.value for point in there.points.all()) == ["+8613800138000", "new@example.com"]
    assert [row.result for row in again.batch.staged.order_by("number")] == ["", "unchanged"]
    third = Walk(walk.organization, importer).upload(data).check(policy="create").apply()
    assert third.counts() == (2, 0, 0, 0)
    assert Customer.objects.count() == 4


ALIKE = (
    "姓名,手机,邮箱",
    "晨光科技有限公司,13800138000,a@example.com",
    "晨光科技,13800138000,b@example.com",
    "晨光科技公司,,B@example.com",
)


def test_rows_that_are_alike_within_the_file_are_imported_once(walk):
    walk.upload(csv_bytes(*ALIKE)).check().apply()
    assert walk.counts() == (1, 0, 2, 0)
    rows = {row.number: row.problems for row in walk.batch.staged.all()}
    assert rows == {2: None, 3: [["same_as_row", None, 2]], 4: [["same_as_row", None, 3]]}


SWITCHBOARD = (
    "姓名,手机,邮箱",
    "湛若水,0571-88130001,sales@example.com",
    "王守仁,0571-88130001,sales@example.com",
)


def test_those_who_only_share_a_phone_are_not_the_same(walk):
    walk.upload(csv_bytes(*SWITCHBOARD)).check().apply()
    assert walk.counts() == (2, 0, 0, 0)
    assert set(Customer.objects.values_list("name", flat=True)) == {"湛若水", "王守仁"}


def test_a_name_without_letters_is_nobody_else_s(walk, importer):
    CustomerFactory(name="湛若水", phones=["0571-88130001"], owner=importer)
    rows = ("姓名,手机", "!!!,0571-88130001", "***,0571-88130001", "!!!,0571-88130001")
    walk.upload(csv_bytes(*rows)).check(policy="update")
    assert walk.counts() == (2, 0, 1, 0)
    assert walk.problems() == {
        2: ["shared_contact"],
        3: ["shared_contact"],
        4: ["shared_contact", "same_as_row"],
    }


def test_unless_the_importer_says_so(walk):
    walk.upload(csv_bytes(*SWITCHBOARD)).check(any_name=True).apply()
    assert walk.counts() == (1, 0, 1, 0)


def test_rows_with_codes_of_their_own_are_not_the_same(walk):
    walk.upload(csv_bytes("编号,姓名,手机", "K1,叶磊,13800138000", "K2,叶磊,13800138000")).check().apply()
    assert walk.counts() == (2, 0, 0, 0)


@pytest.mark.parametrize("policy", ["skip", "update"])
def test_nobody_becomes_another_because_of_a_shared_phone(walk, importer, policy):
    there = CustomerFactory(name="湛若水", phones=["0571-88130001"], owner=importer)
    walk.upload(csv_bytes("姓名,手机,性别", "王守仁,0571-88130001,男")).check(policy=policy).apply()
    assert (walk.counts(), walk.problems()) == ((1, 0, 0, 0), {2: ["shared_contact"]})
    there.refresh_from_db()
    assert (there.name, there.gender) == ("湛若水", "")


def test_whoever_has_the_other_name_is_the_same(walk, importer):
    there = CustomerFactory(name="晨曦商贸", phones=["0571-88130001"], owner=importer)
    CustomerAlias.objects.create(customer=there, name="远航船务", kind="former", position=0)
    walk.upload(csv_bytes("名称,电话,城市", "远航船务有限公司,0571-88130001,杭州")).check(policy="update")
    assert (walk.counts(), walk.batch.staged.get().target_id) == ((0, 1, 0, 0), there.pk)


@pytest.mark.parametrize("match", ["code", "phone", "email", "identity", "name_birthday", "name"])
def test_each_key_recognises(walk, importer, match):
    there = CustomerFactory(
        name="张三", kind="person", code="K1", phones=["13800138000"], emails=["a@example.com"], owner=importer,
        identity_number="11010519491231002X", birthday="1990-01-05",
    )  # fmt: skip
    columns = {
        "code": ("编号", "K1"), "phone": ("手机", "13800138000"), "email": ("邮箱", "A@example.com"),
        "identity": ("身份证号", "11010519491231002x"), "name_birthday": ("生日", "1990/1/5"), "name": ("城市", "上海"),
    }  # fmt: skip
    heading, value = columns[match]
    walk.upload(csv_bytes(f"姓名,{heading}", f"张三,{value}")).check(match=[match], policy="update")
    assert walk.batch.staged.get().target_id == there.pk


def test_a_match_outside_the_scope_is_named_and_never_changed(ours, inside_ours):
    other = member_with(*IMPORTER, scope=Scope.OWN, name="赵同事")
    rep = member_with(*IMPORTER, scope=Scope.OWN, name="李销售")
    CustomerFactory(name="别人的", phones=["13800138000"], owner=other)
    CustomerFactory(name="没有主人", phones=["13800138001"])
    data = csv_bytes("姓名,手机,城市", "别人的,13800138000,上海", "没有主人,13800138001,上海")
    walk = Walk(ours, rep).upload(data).check(policy="update")
    assert walk.counts() == (0, 0, 0, 2)
    assert walk.problems() == {2: ["exists_other"], 3: ["exists_nobody"]}
    assert not Customer.objects.filter(city="上海").exists()


def test_an_importer_may_give_customers_only_to_whom_he_may_assign(ours, inside_ours):
    member_with(*IMPORTER, name="赵同事")
    rights = [right for right in IMPORTER if right != "customers.assign_customer"]
    rep = member_with(*rights, scope=Scope.OWN, name="李销售")
    data = csv_bytes("姓名,负责人", "甲,赵同事", "乙,李销售", "丙,不存在")
    walk = Walk(ours, rep).upload(data).check().apply()
    assert walk.problems() == {2: ["may_not_assign"], 4: ["unknown_member"]}
    assert Customer.objects.get().owner == rep


def test_archived_codes_and_taken_codes_are_errors(walk, importer):
    from customers.actions.book import archive

    gone = CustomerFactory(code="K1", owner=importer)
    archive([gone.pk], actor=importer)
    CustomerFactory(code="K2", owner=importer)
    walk.upload(csv_bytes("编号,姓名", "K1,甲", "K2,乙")).check(match=["phone"])
    assert walk.problems() == {2: ["exists_archived"], 3: ["code_taken"]}


def test_several_fitting_customers_are_not_guessed_between(walk, importer):
    CustomerFactory(name="甲", phones=["13800138000"], owner=importer)
    CustomerFactory(name="甲公司", phones=["13800138000"], owner=importer)
    walk.upload(csv_bytes("姓名,手机", "甲,13800138000")).check(policy="update")
    assert walk.problems() == {2: ["ambiguous"]}


def test_a_customer_made_between_check_and_import_is_not_doubled(walk, importer):
    walk.upload(csv_bytes("编号,姓名,手机", "K1,甲,13800138000", "K2,乙,13800138001")).check(policy="update")
    CustomerFactory(name="甲公司", phones=["13800138000"], owner=importer)
    CustomerFactory(name="同号", code="K2", owner=importer)
    walk.apply()
    assert walk.counts() == (0, 0, 2, 0)
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["同号", "甲公司"]


def test_the_other_organisation_sees_nothing_of_it(walk, theirs):
    walk.upload(csv_bytes("姓名,手机", "张伟,13800138000")).check().apply()
    with organization_context(theirs):
        assert not Customer.objects.exists()
        assert not ImportBatch.objects.exists() and not ImportRow.objects.exists()


def test_nothing_in_the_staging_tables_tells_who_it_is_about(walk):
    from django.db import connection

    walk.upload(
        csv_bytes(HEAD, "K-7,张伟,13800138000,secret@example.com,上海,,,,,11010519491231002X")
    ).check()
    with connection.cursor() as cursor:
        for table in ("importrow", "importbatch", "importmapping"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM customers_{table} t")
            kept = cursor.fetchone()[0]
            plain = ["13800138000", "secret@", "11010519491231002X", "张伟", "customers.csv", "姓名"]
            assert [word for word in plain if word in kept or word.encode().hex() in kept] == [], table


def test_real_people_with_errors(walk):
    data = shared_file("febrl/dataset2.csv").read_bytes()
    walk.upload(data, "dataset2.csv").check().apply()
    new, updates, skipped, errors = walk.counts()
    assert (new + skipped + errors, updates) == (5000, 0)
    assert errors == 11
    assert Customer.objects.count() == new
    first = Customer.objects.get(code="rec-2778-org")
    assert (first.name, first.street, first.street2, first.city, first.province) == (
        "sarah bruhn", "44 forbes street", "wintersloe", "kellerberrin", "vic",
    )  # fmt: skip
    assert (first.birthday.isoformat(), first.postcode, first.identity_number) == (
        "1930-02-13",
        "4510",
        "7535316",
    )


def test_a_workbook_without_names_says_which_column_is_missing(walk):
    from customers.importing.problems import FileProblem

    walk.upload(shared_file("uci/supermarket_sales.xlsx").read_bytes(), "supermarket_sales.xlsx")
    assert walk.batch.dialect["sheets"] == ["January", "February", "March"]
    with pytest.raises(FileProblem) as problem:
        walk.check()
    assert problem.value.code == "no_name_column"


def test_a_workbook_is_imported_like_a_text_file(walk):
    rows = [
        ["姓名", "手机", "生日", "邮编"],
        ["张伟", 13800138000, 36526, "010000"],
        ["=1+1", "13900139000", "", ""],
    ]
    walk.upload(xlsx_bytes(rows), "a.xlsx").check().apply()
    names = dict(Customer.objects.values_list("name", "birthday"))
    assert names["张伟"].isoformat() == "2000-01-01"


def test_a_contact_person_of_a_file_joins_those_of_a_known_company(walk, importer):
    there = CustomerFactory(
        name="烂柯棋院", kind="company", phones=["13611110001"], people=["王积薪"], owner=importer
    )
    data = csv_bytes("客户名称,联系人,手机", "烂柯棋院,顾师言,13611110001")
    walk.upload(data).check(policy="update").apply()
    assert walk.counts() == (0, 1, 0, 0)
    assert set(there.people.values_list("name", flat=True)) == {"王积薪", "顾师言"}
    [line] = TimelineEntry.objects.filter(customer=there, kind="customer.edited")
    assert line.params["fields"] == ["people"]
    again = Walk(walk.organization, importer).upload(data).check(policy="update").apply()
    assert (again.batch.staged.get().result, there.people.count()) == ("unchanged", 2)
    walk.revert()
    assert list(there.people.values_list("name", flat=True)) == ["王积薪"]


def test_a_contact_person_about_whom_something_was_written_since_stays(walk, importer):
    there = CustomerFactory(name="烂柯棋院", kind="company", phones=["13611110001"], owner=importer)
    rows = "客户名称,联系人,手机", "烂柯棋院,顾师言,13611110001"
    walk.upload(csv_bytes(*rows)).check(policy="update").apply()
    there.people.update(title="院长")
    walk.revert()
    assert there.people.get().name == "顾师言"


def test_the_preview_names_whom_a_row_is_and_only_to_those_who_may_see_them(walk, importer):
    there = CustomerFactory(name="晨光科技有限公司", phones=["0571-88130001"], owner=importer, code="C-77")
    walk.upload(csv_bytes("名称,电话,城市", "晨光科技,0571-88130001,杭州")).check(policy="update")
    [line], _next = lines(walk.batch, "", 0, viewer_for(importer))
    assert (line.name, line.customer, line.target) == ("晨光科技", "晨光科技有限公司 · C-77", there.pk)
    stranger = member_with("customers.import_customer", "customers.view_customer", scope=Scope.OWN)
    assert lines(walk.batch, "", 0, viewer_for(stranger))[0][0].customer == ""


# What columns are mapped to, a row, and the name, the contact person and the remarks it comes to.
@pytest.mark.parametrize(
    ("columns", "row", "kind", "found"),
    [
        (["name", "company"], "贺知遥,栖云茶业", "person", ("贺知遥", "", "B: 栖云茶业")),
        (["name", "company"], ",栖云茶业", "person", ("栖云茶业", "", "")),
        (["name", "company"], "栖云茶业,栖云茶业", "company", ("栖云茶业", "", "")),
        (["given_name", "surname", "company"], "Ann,Lee,Thornbury Mills", "person", ("Ann Lee", "", "C: Thornbury Mills")),
        (["given_name", "surname", "company", "remarks"], "Ann,Lee,Mills,VIP", "person", ("Ann Lee", "", "C: Mills\nVIP")),
        (["given_name", "surname", "name"], "Ann,Lee,Thornbury Mills", "company", ("Thornbury Mills", "Ann Lee", "")),
        (["given_name", "surname", "name"], "Ann,Lee,\"Lee, Ann\"", "company", ("Lee, Ann", "", "")),
    ],
)  # fmt: skip
def test_neither_a_person_nor_a_company_is_lost(walk, columns, row, kind, found):
    heading = ",".join("ABCD"[: len(columns)])
    walk.upload(csv_bytes(heading, row)).check(columns, kind=kind).apply()
    customer = Customer.objects.get()
    contact = "".join(customer.people.values_list("name", flat=True))
    assert (customer.name, contact, customer.remarks) == found
    assert customer.kind == ("company" if row.startswith(",") else kind)


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("13812345672.00", ["+8613812345672"]),
        ("87654321 87654322", ["87654321", "87654322"]),
        ("13812345679 87654321", ["+8613812345679", "87654321"]),
        ("(021)61234567-802", ["+862161234567;ext=802"]),
        ("138 1234 5679", ["+8613812345679"]),
    ],
)
def test_phones_as_spreadsheets_and_people_write_them(walk, cell, phones):
    walk.upload(csv_bytes("姓名,手机", f"甲,{cell}")).check().apply()
    assert [point.value for point in Customer.objects.get().points.order_by("position")] == phones


def test_a_number_longer_than_any_phone_is_told(walk):
    walk.upload(csv_bytes("姓名,手机", "甲,1381234567987654321")).check()
    assert walk.problems() == {2: ["bad_phone"]}


@pytest.mark.parametrize(
    ("cell", "born", "typed"),
    [
        ("3-May-1990", "1990-05-03", ""),
        ("1985年农历八月十五", "1985-09-29", "lunar 1985-08-15"),
        ("1985-08-15(农历)", "1985-09-29", "lunar 1985-08-15"),
        ("腊月廿三", None, "lunar --12-23"),
    ],
)
def test_birthdays_as_people_write_them(walk, cell, born, typed):
    walk.upload(csv_bytes("姓名,生日", f"甲,{cell}")).check().apply()
    customer = Customer.objects.get()
    assert (customer.birthday and customer.birthday.isoformat(), customer.birthday_typed) == (born, typed)


def test_an_error_of_a_spreadsheet_is_no_remark(walk):
    walk.upload(csv_bytes("姓名,备注", "甲,#REF!")).check().apply()
    assert Customer.objects.get().remarks == ""
