"""Some divisions of GB/T 2260: code, and the words that an address and an authority are made of."""

from dataclasses import dataclass

# code province city county; - where there is none. A county under a prefecture that addresses leave out
# has - as its city, a city without districts has - as its county.
TABLE = """
110101 北京市 - 东城区|110102 北京市 - 西城区|110105 北京市 - 朝阳区|110106 北京市 - 丰台区
110108 北京市 - 海淀区|110112 北京市 - 通州区|120101 天津市 - 和平区|120104 天津市 - 南开区
130102 河北省 石家庄市 长安区|130121 河北省 石家庄市 井陉县|130203 河北省 唐山市 路北区
130402 河北省 邯郸市 邯山区|130682 河北省 - 定州市|140105 山西省 太原市 小店区
140109 山西省 太原市 万柏林区|140824 山西省 运城市 稷山县|150102 内蒙古 呼和浩特市 新城区
150204 内蒙古 包头市 青山区|152502 内蒙古 - 锡林浩特市|152524 内蒙古 - 苏尼特右旗
210102 辽宁省 沈阳市 和平区|210211 辽宁省 大连市 甘井子区|211002 辽宁省 辽阳市 白塔区
220102 吉林省 长春市 南关区|220204 吉林省 吉林市 船营区|222401 吉林省 - 延吉市
230103 黑龙江省 哈尔滨市 南岗区|230604 黑龙江省 大庆市 让胡路区|230183 黑龙江省 - 尚志市
310101 上海市 - 黄浦区|310104 上海市 - 徐汇区|310110 上海市 - 杨浦区|310112 上海市 - 闵行区
320102 江苏省 南京市 玄武区|320106 江苏省 南京市 鼓楼区|320282 江苏省 - 宜兴市
320581 江苏省 - 常熟市|320583 江苏省 - 昆山市|320922 江苏省 盐城市 滨海县
330102 浙江省 杭州市 上城区|330106 浙江省 杭州市 西湖区|330203 浙江省 宁波市 海曙区
330127 浙江省 杭州市 淳安县|330382 浙江省 - 乐清市|330782 浙江省 - 义乌市
340104 安徽省 合肥市 蜀山区|340111 安徽省 合肥市 包河区|341126 安徽省 滁州市 凤阳县
350102 福建省 福州市 鼓楼区|350203 福建省 厦门市 思明区|350582 福建省 - 晋江市
350626 福建省 漳州市 东山县|360102 江西省 南昌市 东湖区|360281 江西省 - 乐平市
360730 江西省 赣州市 宁都县|370102 山东省 济南市 历下区|370202 山东省 青岛市 市南区
370281 山东省 - 胶州市|370783 山东省 - 寿光市|371329 山东省 临沂市 临沭县
410102 河南省 郑州市 中原区|410105 河南省 郑州市 金水区|410181 河南省 - 巩义市
410303 河南省 洛阳市 西工区|411421 河南省 商丘市 民权县|420102 湖北省 武汉市 江岸区
420106 湖北省 武汉市 武昌区|420582 湖北省 - 当阳市|420921 湖北省 孝感市 孝昌县
422801 湖北省 - 恩施市|430102 湖南省 长沙市 芙蓉区|430104 湖南省 长沙市 岳麓区
430181 湖南省 - 浏阳市|430523 湖南省 邵阳市 邵阳县|433101 湖南省 - 吉首市|433123 湖南省 - 凤凰县
440103 广东省 广州市 荔湾区|440104 广东省 广州市 越秀区|440106 广东省 广州市 天河区
440305 广东省 深圳市 南山区|440306 广东省 深圳市 宝安区|440605 广东省 佛山市 南海区
440785 广东省 - 恩平市|441900 广东省 东莞市 -|442000 广东省 中山市 -
450103 广西 南宁市 青秀区|450305 广西 桂林市 七星区|450321 广西 桂林市 阳朔县
450226 广西 柳州市 三江侗族自治县|460105 海南省 海口市 秀英区|460106 海南省 海口市 龙华区
500103 重庆市 - 渝中区|500112 重庆市 - 渝北区|500235 重庆市 - 云阳县
500241 重庆市 - 秀山土家族苗族自治县|510104 四川省 成都市 锦江区|510107 四川省 成都市 武侯区
510181 四川省 - 都江堰市|513401 四川省 - 西昌市|513433 四川省 - 冕宁县
520102 贵州省 贵阳市 南明区|520103 贵州省 贵阳市 云岩区|520382 贵州省 - 仁怀市
522601 贵州省 - 凯里市|530102 云南省 昆明市 五华区|532801 云南省 - 景洪市|532901 云南省 - 大理市
533324 云南省 - 贡山独龙族怒族自治县|540102 西藏 拉萨市 城关区|540121 西藏 拉萨市 林周县
610103 陕西省 西安市 碑林区|610113 陕西省 西安市 雁塔区|610581 陕西省 - 韩城市
610825 陕西省 榆林市 定边县|620102 甘肃省 兰州市 城关区|620982 甘肃省 - 敦煌市
622901 甘肃省 - 临夏市|630103 青海省 西宁市 城中区|640104 宁夏 银川市 兴庆区
640221 宁夏 石嘴山市 平罗县|650102 新疆 乌鲁木齐市 天山区|652901 新疆 - 阿克苏市
653101 新疆 - 喀什市|653122 新疆 - 疏勒县|653222 新疆 - 墨玉县|654002 新疆 - 伊宁市
"""
MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")


@dataclass(frozen=True)
class Region:
    code: str
    province: str
    city: str  # empty where addresses have none
    county: str

    @property
    def rural(self):
        return self.county.endswith(("县", "旗"))

    def prefix(self, with_city=True):
        """What an address begins with; counties are written with and without their city."""
        city = self.city if with_city or not self.rural else ""
        return self.province + city + self.county

    @property
    def authority(self):
        """The police office that issues the region's cards."""
        if not self.county:
            return f"{self.city}公安局"
        if self.county.endswith("区"):
            city = self.province if self.province in MUNICIPALITIES else self.city
            return f"{city}公安局{self.county[:-1]}分局"
        return f"{self.county}公安局"


def load():
    regions = []
    for entry in TABLE.replace("\n", "|").split("|"):
        if entry:
            code, province, city, county = ("" if word == "-" else word for word in entry.split())
            regions.append(Region(code, province, city, county))
    return tuple(regions)


REGIONS = load()
