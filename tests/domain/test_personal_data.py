"""个人信息: what the finder finds in texts that give a person away,
and what it leaves alone in ordinary notices.
"""

import pytest

from domain.terms import name_signs, personal_names
from domain.terms.findings import Finding, PersonalDataKind
from domain.terms.personal_data import folded, personal_data, personal_data_of
from domain.terms.second_edition.personal_data import personal_data as second_personal_data
from domain.terms.surnames import COMMON, LESS_COMMON
from tests.domain.quickness import quickest
from tests.measure import HALVES, seconds_of_a_long_text, stopped, texts_of

NAME, ID, MOBILE, CARD, PLATE, EMAIL, ACCOUNT, HOME, CLASS = list(PersonalDataKind)[:9]

# What stands around a plain number never hides it: a list, a clause, a person's word, a household's.
PLAIN_MOBILES = [
    *(
        "电话13812345678,13987654321",
        "电话13812345678，1人接听",
        "13812345678.3分钟后",
        "电话13812345678.3分钟后",
    ),
    *(
        "工单来电人：13812345678",
        "采购联系人：13812345678",
        "招标联系人 13812345678",
        "采购人手机：13812345678",
    ),
    *("投资人13812345678", "资产管理人13812345678", "收入证明人13812345678", "联系13812345678户主"),
    *(
        "手机13812345678 人在外地",
        "13812345678次拨打",
        "投资人联系方式：13812345678",
        "来电号码为13812345678元某",
    ),
]
FOUND = [
    ("居民张建国反映夜间施工扰民", NAME, "张建国"),
    ("网民李小红发帖称", NAME, "李小红"),
    ("姓名：赵六", NAME, "赵六"),
    ("当事人：欧阳明远", NAME, "欧阳明远"),
    ("伤者陈志强，男，45岁，已送医", NAME, "陈志强"),
    ("王小明先生向热线反映", NAME, "王小明"),
    ("患者刘洋（女，32岁）病情平稳", NAME, "刘洋"),
    ("学生周子涵在校就餐后不适", NAME, "周子涵"),
    ("司机孙伟酒后驾驶", NAME, "孙伟"),
    ("村民代表黄丽华提出意见", NAME, "黄丽华"),
    ("投诉人为吴芳", NAME, "吴芳"),
    ("刘德山，男，汉族", NAME, "刘德山"),
    ("其妻子何秀英也在场", NAME, "何秀英"),
    ("业主郑爽的投诉", NAME, "郑爽"),
    ("举报人徐志明，经核实", NAME, "徐志明"),
    ("嫌疑人高翔已被控制", NAME, "高翔"),
    ("死者王 伟，男，45岁", NAME, "王 伟"),
    ("死者王　伟已火化", NAME, "王　伟"),
    ("业主（张建国）反映", NAME, "张建国"),
    ("身份证号11010519491231002X", ID, "11010519491231002X"),
    ("３６０９８３１９９００１０１１２３１", ID, "３６０９８３１９９００１０１１２３１"),
    ("持110105 19491231 002X登记", ID, "110105 19491231 002X"),
    ("身份证号码：360983199001011234", ID, "360983199001011234"),  # any number after the word
    ("老证130503670401001仍有效", ID, "130503670401001"),
    ("诸葛芳反映的问题已核实", NAME, "诸葛芳"),
    ("案外人冯其华提出异议", NAME, "冯其华"),
    ("游客约翰·史密斯", NAME, "约翰·史密斯"),
    ("村民“老五”（真名罗五根）", NAME, "罗五根"),
    ("对龚某娣、文家驹作出处罚", NAME, "文家驹"),
    ("与顾客幸学文发生冲突", NAME, "幸学文"),
    ("死者吾买尔·卡德尔系外来务工人员", NAME, "吾买尔·卡德尔"),
    ("公民身份号码为110105-19491231-002X", ID, "110105-19491231-002X"),
    ("联系电话13800138000", MOBILE, "13800138000"),
    ("电话：138 0013 8000", MOBILE, "138 0013 8000"),
    ("手机１３８００１３８０００", MOBILE, "１３８００１３８０００"),
    ("手机138-0013-8000", MOBILE, "138-0013-8000"),
    ("+86 13912345678", MOBILE, "+86 13912345678"),
    ("1380-013-8000", MOBILE, "1380-013-8000"),
    *((text, MOBILE, "13812345678") for text in PLAIN_MOBILES),
    ("电话13812345678,13987654321", MOBILE, "13987654321"),
    ("联系电话13800000000", MOBILE, "13800000000"),
    ("手机138、1234、5678", MOBILE, "138、1234、5678"),
    ("联系电话：(138)12345678", MOBILE, "138)12345678"),
    ("卡号6222021234567890123", CARD, "6222021234567890123"),
    ("退至6222 0212 3456 7894", CARD, "6222 0212 3456 7894"),
    ("4111111111111111", CARD, "4111111111111111"),
    ("车牌号赣C12345", PLATE, "赣C12345"),
    ("赣C·A1234小型轿车", PLATE, "赣C·A1234"),
    ("赣CD12345号新能源车", PLATE, "赣CD12345"),
    ("赣C1234学", PLATE, "赣C1234学"),
    ("赣ｃ８８Ｋ６６", PLATE, "赣ｃ８８Ｋ６６"),
    ("邮箱zhangsan@qq.com", EMAIL, "zhangsan@qq.com"),
    ("发至li.si@mail.example.com。", EMAIL, "li.si@mail.example.com"),
    ("微信号zhang_san88", ACCOUNT, "zhang_san88"),
    ("微信：wxid_88abcd", ACCOUNT, "wxid_88abcd"),
    ("QQ：123456789", ACCOUNT, "123456789"),
    ("QQ号87654321", ACCOUNT, "87654321"),
    ("家住瑞州街道人民路12号", HOME, "家住瑞州街道人民路12号"),
    ("阳光花园3栋2单元501室", HOME, "3栋2单元501室"),
    ("户籍地：青溪镇大塘村5号", HOME, "户籍地：青溪镇大塘村5号"),
    ("新华村12号居民家中", HOME, "村12号"),
    ("家住阳光花园3栋2单元501室", HOME, "家住阳光花园3栋2单元501室"),
    ("富民路8号301室起火", HOME, "路8号301室"),
    ("涂某(360983198706214511)供认不讳", ID, "360983198706214511"),
    ("学籍号G360983200104230029已转出", ID, "G360983200104230029"),
    ("持护照号E12345678入境", ID, "E12345678"),
    ("编号不详，36220119830917\u200b4310者", ID, "36220119830917\u200b4310"),
    ("手机139/7051/2486", MOBILE, "139/7051/2486"),
    ("手机1 3 9 7 0 5 1 2 4 8 6", MOBILE, "1 3 9 7 0 5 1 2 4 8 6"),
    ("手机一三九七〇五一二四八六", MOBILE, "一三九七〇五一二四八六"),
    ("家中座机0795-5287361无人接听", MOBILE, "0795-5287361"),
    ("涉案账户6222021502009876543流水异常", CARD, "6222021502009876543"),
    ("赣 C·8K329小客车", PLATE, "赣 C·8K329"),
    ("悬挂宜春A12345号牌", PLATE, "A12345"),
    ("车架号LSVAM4187C2184841", PLATE, "LSVAM4187C2184841"),
    ("凤凰花园\n3栋2单元501室", HOME, "3栋2单元501室"),
    ("凤凰花园3栋\n  2单元501室", HOME, "3栋\n  2单元501室"),
    ("碧桂园二期15-2-1801业主", HOME, "15-2-1801"),
    ("锦绣华庭七幢二单元三〇二漏气", HOME, "七幢二单元三〇二"),
    ("关于周秀兰反映的拆迁问题", NAME, "周秀兰"),
    ("其哥侯喜田均已告知", NAME, "侯喜田"),
    ("遂其父亲陈德贵自愿签订协议", NAME, "陈德贵"),
    ("股东唐冬菊占71％，谢志强占29％", NAME, "谢志强"),
    ("失联人员李𠮷祥", NAME, "李𠮷祥"),
    ("当事人姚㛃,女,28岁", NAME, "姚㛃"),
    ("居民古丽娜尔·买买提反映", NAME, "古丽娜尔·买买提"),
    ("系四年级2班学生", CLASS, "四年级2班"),
    ("高三（5）班王某", CLASS, "高三（5）班"),
]

NOT_FOUND = [
    *("居民张某反映夜间施工扰民", "网民李某某发帖", "王先生反映", "居民张先生来电", "网民王女士反映"),
    *("张××驾驶车辆", "黄某，男，45岁", "一名男子，45岁", "女，32岁", "欧阳某已送医"),
    *("市长王建国表示", "副局长李明率队到场", "村民小组组长刘伟", "学生王小明（化名）"),
    *("业主委员会已开会", "方便居民出行", "居民方便办理", "学生安全得到保障", "患者康复出院"),
    *("感谢李女士的理解", "向李女士致歉", "对张先生的建议", "经查王女士反映属实", "居民关于停水的反映"),
    *("村民陈述事实", "网民关注度高", "当事人应当配合", "居民房屋受损", "家长和学生可以放心"),
    *("司机应依法行驶", "居民向有关部门反映", "群众高度关注", "死者家属情绪稳定", "市民和游客"),
    *("村民李家村", "居民常年用水", "业主成立委员会", "居民万余人受益", "老人安置妥当", "居民单位"),
    *("居民王村有人反映", "工人连夜抢修", "孩子时刻牵动人心", "消费者权益", "游客强烈不满"),
    *(
        "业主（张先生）反映",
        "业主（单位）应当配合",
        "村民（户主）签字",
        "居民王 某反映",
        "死者家属（共3人）已安抚",
    ),
    *("请拨打12345", "咨询电话0795-5281234", "电话07955281234", "400-881-2345", "24小时值班电话110"),
    *("2026年9月7日10时30分", "2026-09-07 10:30:00", "高府办发〔2020〕43号", "赣府厅发〔2020〕17号"),
    *(
        "13856231247次播放",
        "总投资13856231247.35元",
        "流水号码13856231247",
        "受益13856231247人",
        "招标编号13856231247",
    ),
    *("共计13,856,231,247元", "预算13856231247,123", "每人13856231247元", "采购金额13856231247元"),
    *("投资13800138000元", "受理编号：360983202609070012", "编号110105194912310021", "查处车辆17台次"),
    *("gaoan@gaoan.gov.cn", "微信公众号“高安发布”", "微信小程序办理", "QQ群已通知"),
    *("位于瑞阳大道168号的某酒店", "地址：行政中心2号楼301室", "阳光花园3栋停水", "第3村民小组"),
    *("大塘村3号桥维修", "医院3号楼201室", "5号楼2单元停电", "S222省道K12+300", "PM2.5浓度35"),
    *(
        "阅读量34000，评论610",
        "占地1500平方米",
        "3人受伤，1人死亡",
        "赣C车辆限行",
        "孩子高烧不退",
        "户主应签字",
        "亲属于次日到达",
        "乘客车票",
        "居民区内",
        "四年级学生",
        "初三毕业班",
        "三班倒",
        "农商银行对公账户",
        *(
            "执行数13856231247.35元",
            "针对网民关切的问题",
            "患者于凌晨2时抢救无效",
            "一居民楼起火",
            "请广大网民冷静",
        ),
        *(
            "物业主管部门已介入",
            "促进学生全面发展",
            "部分群众曾反映",
            "父母何同学(女)已录取",
            "居民走文昌路绕行",
        ),
        *("游客买李宁牌球鞋", "学习李白、杜甫诗词", "户名高安市慈善总会,账号14364301040012345"),
    ),
]

NOTICES = [
    (
        "9月7日10时30分，我市青溪镇人民路路灯因线路老化停用。市城市管理局已组织抢修，更换线路300米，"
        "预计9月9日18时恢复照明。"
        "对给居民出行带来的不便深表歉意。咨询电话：0795-5281234，监督电话：12345。"
    ),
    (
        "2026年10月3日6时20分许，城东高新园区一仓库发生爆燃。截至12时，已造成11人死亡、34人受伤，"
        "伤者均已送医。"
        "市委、市政府主要负责同志赶赴现场指挥救援。死者家属安抚工作正在进行，事故原因正在调查。"
    ),
    (
        "经查，网传“青溪镇自来水致30多人住院”不实。9月5日至7日，疾控中心采集水样12份，检测全部合格；"
        "就诊患者系流感。"
        "公安机关已对发帖人张某（男，35岁）依法处理。提醒广大网民不信谣、不传谣。"
    ),
    (
        "市教育体育局对学校食堂进行全面排查，已责令经营者停业整顿，12名学生经治疗均已康复返校，家长可放心。"
        "将严格执行校长陪餐制度，欢迎广大家长监督，市民热线12345，邮箱jytyj@gaoan.gov.cn。"
    ),
    (
        "停水公告：因主管道检修，9月8日22时至9月9日6时，瑞阳大道以东、阳光花园小区1至12栋及周边居民、"
        "商户将停水，请业主提前储水。"
    ),
]


@pytest.mark.parametrize(("text", "kind", "quoted"), FOUND)
def test_what_gives_a_person_away_is_found_where_it_stands(text, kind, quoted):
    start = text.index(quoted)
    assert Finding(kind=kind, field="facts", start=start, length=len(quoted)) in personal_data("facts", text)


@pytest.mark.parametrize("text", [*NOT_FOUND, *NOTICES])
def test_ordinary_words_of_a_notice_are_left_alone(text):
    found = personal_data("facts", text)
    assert [(one.kind.value, text[one.start : one.start + one.length]) for one in found] == []


def test_all_persons_of_a_list_are_found():
    text = "死者王强、李丽均为外地人"
    assert [text[one.start : one.start + one.length] for one in personal_data("facts", text)] == [
        "王强",
        "李丽",
    ]


def test_several_kinds_stand_in_their_order_and_none_twice():
    text = "居民张建国（身份证110105194912310021错，110105 19491231 002X），电话13800138000"
    kinds = [one.kind for one in personal_data("facts", text)]
    assert kinds == [NAME, ID, ID, MOBILE]


def test_a_wrong_check_digit_is_no_identity_number_unless_the_word_says_so():
    assert personal_data("facts", "流水360983199001011232") == ()
    assert personal_data("facts", "身份证360983199001011232") != ()


def test_folding_keeps_every_place():
    text = "㎡①１３８…㈠Ａ"
    assert len(folded(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "stopped_as"),
    [
        ("拾荒老人戚有根获救助金1000元。", "戚有根"),
        ("矿工𠅤建平被困井下。", "𠅤建平"),
        ("王　丽　华同志家属：您好。", "王　丽　华"),
        ("卓玛措姐弟已由民政部门接回。", "卓玛措"),
        ("证件三六零九八三一九七八零五一二零零三二。", "三六零九八三一九七八零五一二零零三二"),
        ("租住锦惠花园二期5#楼2-603。", "5#楼2-603"),
        ("微信tutu_1990888联系退款。", "tutu_1990888"),
        ("其叔父权永福愿意承担监护责任。", "权永福"),
    ],
)
def test_rarer_ways_of_naming_a_person_are_read_too(text, stopped_as):
    places = [text[one.start : one.start + one.length] for one in personal_data("facts", text)]
    assert stopped_as in places


@pytest.mark.parametrize(
    "text", ["江 西 省，", "三年级二班等20个班级轮流用餐。", "扎西措施到位。", "有根有据。"]
)
def test_what_only_looks_like_it_is_left_alone(text):
    assert personal_data("facts", text) == ()


# A reading that looks back from each place at all before it would take thousands of times as long.
_TIMES = 40


@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "王", "居民", "a", "a.a@", "一1栋", "村1号", "家住路1", "6222 ", "赣CAAAA", "男,", "微信号 "],
)
def test_no_text_however_odd_takes_long(piece):
    text = (piece * 20_000)[:20_000]
    ordinary = ("市民反映青溪镇路灯长期不亮，已派员核查。" * 1_000)[:20_000]
    floor = quickest(lambda: personal_data("facts", ordinary))
    assert quickest(lambda: personal_data("facts", text)) < _TIMES * floor


class Counted:
    """A pattern that counts how often it is looked for."""

    def __init__(self, pattern):
        self.pattern, self.searches = pattern, 0

    def search(self, text):
        self.searches += 1
        return self.pattern.search(text)


@pytest.mark.parametrize("piece", ["张", "班", "万", "欧阳", "单元"])
def test_what_stands_before_a_place_is_not_looked_through_where_no_name_can_be(monkeypatch, piece):
    counted = {name: Counted(getattr(name_signs, name)) for name in ("ROLE", "LABEL")}
    for name, pattern in counted.items():
        monkeypatch.setattr(name_signs, name, pattern)
    counted["OFFICE_BEFORE"] = Counted(name_signs.OFFICE_BEFORE)
    monkeypatch.setattr(personal_names, "OFFICE_BEFORE", counted["OFFICE_BEFORE"])
    assert personal_data("facts", (piece * 20_000)[:20_000]) == ()
    assert {name: pattern.searches for name, pattern in counted.items()} == dict.fromkeys(counted, 0)


def test_a_sign_before_a_name_is_seen_by_its_last_character_as_by_the_whole():
    corpus = "\n".join(text for half in HALVES for text in texts_of(f"private_{half}"))
    before = [corpus[max(0, place - 14) : place] for place in range(0, len(corpus), 3)]
    assert [name_signs.is_role(one) for one in before] == [
        bool(name_signs.ROLE.search(one)) for one in before
    ]
    labels = [bool(name_signs.LABEL.search(one)) for one in before]
    assert [name_signs.is_label(one) for one in before] == labels


@pytest.mark.parametrize("half", HALVES)
def test_nine_texts_of_ten_with_a_private_person_are_stopped_and_one_innocent_of_a_hundred(half):
    private, innocent = stopped(texts_of(f"private_{half}")), stopped(texts_of(f"innocent_{half}"))
    assert private.part >= 0.9 * private.whole
    assert innocent.part <= 0.01 * innocent.whole


def test_a_long_text_is_read_without_anybody_waiting():
    assert seconds_of_a_long_text() < 0.5  # some 60 ms on a machine that does nothing else


@pytest.mark.parametrize("run", ["王李张赵", "".join(COMMON), "".join(LESS_COMMON), "、王李张"])
def test_a_text_of_surnames_alone_costs_little_more_than_an_ordinary_one(run):
    text = (run * (20_000 // len(run) + 1))[:20_000]
    ordinary = min(seconds_of_a_long_text() for _ in range(3))
    assert quickest(lambda: personal_data("facts", text)) < 3 * ordinary


def test_who_is_named_in_one_block_of_a_draft_is_named_in_each():
    fields = [("title", "赔付已毕"), ("facts", "死者张万鸿，男，45岁。"), ("result", "补偿全归张万鸿")]
    assert [(one.field, one.start) for one in personal_data_of(fields)] == [("facts", 2), ("result", 4)]


def test_cases_of_the_second_edition_are_read_as_they_were():
    assert second_personal_data("facts", "关于周秀兰反映的拆迁问题") == ()
    assert len(second_personal_data("facts", "请广大网民冷静、理性看待")) == 1


@pytest.mark.parametrize(
    ("text", "start", "length"),
    [
        ("张建国先生反映", 0, 3),
        ("欧阳建国先生反映", 0, 4),
        ("张建国（男，45岁）", 0, 3),
        ("感谢王芳女士来电", 1, 3),
    ],
)
def test_a_name_before_its_mark_is_read_by_the_second_edition_as_it_was(text, start, length):
    """The last as that reader had it, a verb taken for a surname: its cases are read so to their end."""
    (finding,) = second_personal_data("facts", text)
    assert (finding.kind, finding.start, finding.length) == (PersonalDataKind.NAME, start, length)
