"""Names, sorted by how rare their rarest character is.

common  GB 2312 level 1: every reader of Chinese knows them
gb2312  GB 2312 level 2
uro     the block of unified ideographs from U+4E00, outside GB 2312; most of those below stand in level 3 of
        the table of general standard characters, which was made for names and places
ext     the extensions A, B and later
"""

import functools

from cardmaker import fonts

CLASSES = ("common", "gb2312", "uro", "ext")
# The fonts that between them have every character below; the last has nearly everything.
VALUE_FONTS = ("hei", "song", "kai", "ming", "wide")

SURNAMES = """
王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石
廖贾夏韦付方白邹孟熊秦邱江尹薛阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷
申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤时阳穆农
司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘
池查麻苑迟邝封官谈鞠匡荆乐冀郁胥班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国
狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利
于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由仉厍妫宓庹庾殳爨璩笪缑芈苌茆蒯虢訾谯贲逄郄郇郐郗郤酆钭隗雒黾濮
"""
COMPOUND = """欧阳 上官 司马 诸葛 司徒 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 东方 南宫 端木 百里 呼延 轩辕 澹台 濮阳 闾丘"""
GIVEN_MEN = """伟强军勇杰涛明超辉刚平峰磊飞波斌宇鹏浩凯健俊帆志建国文武海山仁贵福生龙元全胜学祥才发成康星光天达安岩中茂进林有坚和彪博诚
先敬震振壮会思群豪心邦承乐绍功松善厚庆民友裕河哲江浪亨政谦航弘东南北辰毅泽栋树然之利清彬富顺信子良顿毓广根树宝昌荣"""
GIVEN_WOMEN = """芳敏静丽艳娟霞秀英华慧巧美娜淑惠珠翠雅芝玉萍红月彩春菊兰凤洁梅琳素云莲真环雪荣爱妹香莺媛瑞凡佳嘉琼勤珍贞莉桂叶锦黛青倩婷蓉眉君琴
薇菲梦岚苑婕馨瑗韵融园艺咏卿聪澜纯爽宁欣飘育柔竹秋晓欢枫芸寒伊冰枝影荔子"""
RARE = """
珏琏琬琰瑾璇璐璞瑷瓒昱昊旻晟晔暄曦晗煜熠炜烨焱燮炀炅熹泓沅沁沐洌洵浔涓淙湮溆滢潇澍濂瀚灏渑芃芮芩苓茜茗茏荃荀荏莘莞菁萱葳蓁
薇蕙蘅岚峤峥嵘崧嵩巍钊钰铎铮铄锴鑫骁骅骊骏骐骥骧鸢鸾鹂鹄鹭麒麟妍妤妲姝娅娉娴婕婵嫣嫱祺禧绮绫缜缙缦缨翊翎翌翮怡恺愫懿憬忻悌
斐斓彧轩轲轶辂昶晏桢桦梓楠榕榛樨樾檀榉琪琦琨琳琅琮瑗瑜瑶瑛璋璎玮玥珂珈珊珞珩珧淼淇淞渚溪滟漪澹濡瀛昕昀晁晷暧曜杲枫柠栩桉桐
梵楹楷榭槿橙欤毓毅沣泖泱泯浠浚涔涵湄湘湛煊煦熙燚犀狄猗嫒婷媛媚嫦嬴孑宓宸寰岑岱峻崃嵇庠庾弈弋彤徕忱恬悦悱惇愔慊憧戢扬抒捷
掾攸敏斋旖旎旌昉晌晖晞暨暾朔杼析枋柃柰梁棠棣楚榷檬歆殊泠洛洹浒淑渌渥湜溥滂漾潆潢澄澈濯瀹焓焕焯煌煲照熏爽牧犇玑玢玫珑琛琥瑁
瑕瑞瑟瑰璀璁璃璜甯畅皎皑皓皙盈睿瞳矞砚磬祎祯禅禹稔稷穆穗竑笙筠筱箐箬篁粲紫绚绡绥缇缈羲翀翰翡翥聪肄肇舒舫艺芊芙芷芸苒苡苑范
茉茵荇荔莓莜莠莹菀菡萌萤葆葵蒨蒽蔓蔚蕊蕴薏藜蘅虔虹蛟蜓衍裔裕裳襄觅觞誉诏诠谊谌谕谙谧谨豫贇贺赋赟赫越跃踔轾辉辰迦逵逸遥遨邈
郁郦郢鄯酩醇采铂铉铭锐锦锵镇镶闳闵阑陌隽隼雍雯霁霄霆霈霏霓霖霭靓靖韬韫韵颀颉颖颐颢飒飘馥馨骞骢魁鲲鸣鸿鹏鹤黛黎鼎龄龙燊
玹瑧璠鋆镕淏渼湉喆堃昇晳暐曈曌昰昳晅晛晙晢晫暕暅枟栐桄棫椑榑橦檑泂泇泚洺浛浟浡涢淐淯湙湝溁滘滪漷潓潏澂澔澴瀍瀞炆炘炟烜焜
焮煐煚煴熤燏爔玎玘玚玠玧玭玶珅珣珦珺珹琇琎琤琯琲琹瑀瑄瑅瑆瑨瑭瑱瑸瑺璆璈璘璟璥璪璱璲瓅瓘畯祐祕祜禔禛禤禵稑筜篪綦縯缊翯翾
脩艽茁茝荭莙菂菉萩葰葽蓂蓥蕈蕖薿虓虬裒訢諲譞讱诜诩谞豨赑赪跂轵辀辒逖遆遹邗邽郓鄀鄘鄩鄮銮錞鍠鏸钘铚铻锜锳锽镈镠镥镛闿阇阗
霂霙韪頔頫顗顼颋颍颙飏飐飖骃骎骙髦鲂鸑鸮鸰鹓鹔鹢黉黟鼐龑龢昺旸旴堉埕垚垟塬墡奭妘妧姈姞姮娆娀娍娫婍婞婳媞媖嫄嫚嬛孖宬寯屾岍
岙峣崟崚嵚嵛嶓嶙嶷帡幪彣忞怿悫惔慜憙懔戬扆抃抟斅斝旃旂昽晊晡暟暠朏杺枘栱栻桭梽棪棨棽楒楙楟榞槚樑檠氤汧汭沄沇沘泃泜洑洢洧
洨洸浐浉浥浯涘涫涴淟渟渫湟湲湳溇溍溦滆滉滍漖漼潽潾灞炌炣烔烶烺焌熥燨玞玙玡玤玱玹珉珌珖珙珛珝珠珰珵珽琀琄琊琚琟琡琫琭琰琸
琼瑂瑃瑑瑔瑖瑢瑬瑮瑳璇璒璕璝璩璬瓀瓒祋祊祾禋禠秾穄稹窎竫筼箨簃纮纴绎绖绤缞缡罍翙翚翛耏聿胤臻舣舲芣芾苢茀茆荑荪莛莨菥萚萦
葑葓蒗蓣蓼蔌蔼蕤薸藟蘧虿蚬蜎蝘螭蠋衠裎褆襜觿訚詝谂谖谝贽赉赓趱跬蹇軿轪轫辚迓迨逌逴遘邶郚鄌鄠鄹醪釴钜钌铏铖铼锊锫锬镃镄镆
𬭎𬭊𬭬𬬭𬬻𬭸𬭩𬬸𬬱𬭛𬭚𬭭𬭯𬬿𫓹𫖯𫖮𫖳𬱖𬱟𬱡𬱪𬯀𬯎𬳶𬳵𬳿𬴂𬴊𬴃𬷕𫠊𫛭𬸘𬸚𬸦𬹼𬺈𬺓𬟽𬞟𬜬𫇭𫄧𫄨𫄷𫄸𬘓𬘘𬘡𬘫𬘩𬘬𬘭𬘯𬙂𬙊𬙋𬍛𬍤𬍡𬍙
𫞩𬎆𬇕𬇙𬇹𬉼𬊈𬊤𬒈𬒗𬕂𬤇𬤊𬤝𬣙𬣞𬣡𬣳𬣬𬨂𬨎𫐄𫐐𫐓𫍣𫍯𫍲𫍽𫟅𫟦𫟹𫟼𫢸𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬃲
㑇㑊㕮㘎㙍㙘㛃㛚㛹㟃㠇㠓㤘㥄㧐㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙
䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢
"""
# nation: (names of persons or given names, names of fathers, what stands between, code prefixes of the homes)
OTHER_FORMS = {
    "维吾尔": ("买买提 阿不都热合曼 古丽巴哈尔 吐尔逊 艾合买提 阿依努尔 热依汗古丽 木合塔尔 玉素甫 帕提古丽 阿力木江",
            "买买提 阿布都克里木 艾买提 吐尔洪 卡德尔 阿不力孜 依马木 肉孜 托合提 阿不都热西提", "·", ("65",)),
    "哈萨克": ("叶尔兰 古丽娜尔 巴合提 阿依波力 木拉提 加娜尔古丽 努尔兰", "哈力 巴合提别克 木拉提汗 叶尔肯别克 托列吾别克", "·", ("65",)),
    "藏": ("扎西顿珠 次仁卓玛 旦增 洛桑多吉 索朗旺堆 格桑德吉 白玛曲珍 多吉 益西", "", "", ("54", "63", "51")),
    "蒙古": ("乌云其木格 那仁高娃 巴特尔 苏日娜 阿拉坦仓 斯琴格日勒 孟和巴雅尔", "", "", ("15",)),
    "彝": ("阿苏 吉克 沙马 阿的 马海 曲比 莫色", "木呷 日布 阿牛 拉日 尔且 石一", "·", ("51",)),
    "傣": ("岩温香 玉罕叫 岩罕南 玉应罕", "", "", ("5328",)),
}
HAN_LIKE = {"汉": None, "满": ("21", "22", "23", "13"), "回": ("64", "62", "63", "41"), "壮": ("45",),
            "土家": ("43", "42", "50", "52"), "苗": ("52", "43", "42"), "朝鲜": ("22",), "侗": ("45", "52"),
            "白": ("53",), "布依": ("52",), "畲": ("35", "33"), "黎": ("46",)}


def rarity(text):
    """The class of the rarest character; the dot between two parts of a name counts for nothing."""
    return max((character_class(ch) for ch in text if ch != "·"), key=CLASSES.index)


def character_class(ch):
    if not 0x4E00 <= ord(ch) <= 0x9FFF:
        return "ext"
    try:
        return "common" if ch.encode("gb2312")[0] < 0xD8 else "gb2312"
    except UnicodeEncodeError:
        return "uro"


@functools.cache
def pool(what, kind):
    """The characters (words of COMPOUND) of one class that the fonts have, each once."""
    source = {"surname": SURNAMES, "men": GIVEN_MEN, "women": GIVEN_WOMEN, "rare": RARE}.get(what)
    words = COMPOUND.split() if source is None else [ch for ch in source if not ch.isspace()]
    return tuple(word for word in dict.fromkeys(words) if rarity(word) == kind and drawable(word))


def drawable(text):
    return any(all(fonts.draws(name, ch) for ch in text) for name in VALUE_FONTS)


def han_name(rng, sex, kind):
    """Surname and given name whose rarest character is of class `kind`, in a font that has all of it."""
    for _ in range(100):
        name = surname(rng, kind) + given(rng, sex, kind)
        if rarity(name) == kind and drawable(name):
            return name
    raise ValueError(f"no name of class {kind} in a hundred draws")


def surname(rng, kind):
    if rng.random() < 0.04:
        return rng.choice(pool("compound", "common"))
    if kind == "gb2312" and rng.random() < 0.3:
        return rng.choice(pool("surname", "gb2312") + pool("compound", "gb2312"))
    return rng.choice(pool("surname", "common")[:120 if rng.random() < 0.7 else None])


def given(rng, sex, kind):
    common = pool("men" if sex == "男" else "women", "common")
    chance = rng.random()
    length = 0 if chance < 0.01 and kind == "common" else 1 if chance < 0.25 else 2 if chance < 0.97 else 3
    letters = [rng.choice(common) for _ in range(length)]
    if kind != "common":
        letters[rng.randrange(length)] = rng.choice(pool("rare", kind))
        if length > 1 and rng.random() < 0.2:
            letters = [rng.choice(pool("rare", kind)) if rng.random() < 0.5 else ch for ch in letters]
    return "".join(letters)


def other_name(rng, nation):
    first, last, between, _ = OTHER_FORMS[nation]
    if not last:
        return rng.choice(first.split())
    return rng.choice(first.split()) + between + rng.choice(last.split())
