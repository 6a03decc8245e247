"""The words for units, in seven languages, and where they only begin another word."""

from __future__ import annotations

# base unit → factor → the words for it, in English, German, French, Spanish, Italian, Chinese and Japanese.
WORDS: dict[str, dict[float, str]] = {
    "g": {
        1e-6: "µg mcg ug microgram micrograms 微克",
        1e-3: "mg milligram milligrams milligramm milligrammes miligramos milligrammi 毫克 ㎎ ミリグラム",
        1: "g gr gm gms gram grams gramm gramme grammes gramo gramos grammo grammi 克 公克 グラム",
        10: "dag deka",
        28.349523125: "oz ounce ounces unze unzen once onces onza onzas oncia once 盎司 オンス",
        50: "两 兩",
        100: "hg etto etti",
        453.59237: "lb lbs pound pounds libra libras libbra libbre 磅 ポンド",
        500: "pfund 斤 市斤",
        1e3: "kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos "
        "chilo chili chilogrammo chilogrammi 公斤 千克 ㎏ キログラム キロ",
    },
    "ml": {
        1e-3: "µl",
        1: "ml mls cc milliliter milliliters millilitre millilitres mililitro mililitros "
        "millilitro millilitri 毫升 ㎖ ミリリットル",
        10: "cl centiliter centilitre centilitres centilitro centilitros centilitri",
        29.5735295625: "floz",
        100: "dl deciliter decilitre decilitres decilitro decilitri",
        473.176473: "pint pints",
        946.352946: "qt quart quarts",
        1e3: "l lt ltr ltrs liter liters litre litres litro litros litri 升 公升 ℓ リットル",
        3785.411784: "gal gallon gallons gallone gallonen galón galones galloni 加仑 ガロン",
    },
    "mm": {
        1e-6: "nm",
        1e-3: "µm micron microns mikrometer",
        1: "mm millimeter millimeters millimetre millimetres millimètre millimètres milímetro milímetros "
        "millimetro millimetri 毫米 ㎜ ミリ ミリメートル",
        10: "cm cms centimeter centimeters centimetre centimetres zentimeter centimètre centimètres "
        "centímetro centímetros centimetro centimetri 厘米 公分 ㎝ センチ センチメートル",
        25.4: "in inch inches zoll pouce pouces pulgada pulgadas pollice pollici 英寸 寸 吋 インチ \" ” ″ ''",
        100: "dm dezimeter",
        304.8: "ft foot feet fuß fuss pied pieds pie pies piede piedi 英尺 呎 フィート ' ’ ′",
        1000 / 3: "尺 市尺",
        914.4: "yd yds yard yards 碼",
        1e3: "m mtr mtrs meter meters metre metres mètre mètres metro metros metri 米 公尺 メートル",
        1e6: "km kilometer kilometers kilometre kilometres kilomètre kilomètres kilómetro kilómetros "
        "chilometro chilometri 公里 千米 キロメートル",
    },
    "w": {
        1e-3: "mw",
        1: "w watt watts vatio vatios 瓦 瓦特 ワット",
        1e3: "kw kilowatt kilowatts 千瓦 キロワット",
    },
    "wh": {1: "wh wattstunden", 1e3: "kwh 度电 千瓦时"},
    "v": {1e-3: "mv", 1: "v volt volts vdc vac voltio voltios 伏 伏特 ボルト", 1e3: "kv 千伏"},
    "a": {1e-3: "ma 毫安", 1: "a amp amps ampere amperes ampère ampères amperio amperios 安 安培 アンペア"},
    "mah": {1: "mah 毫安时", 1e3: "ah 安时"},
    "hz": {1: "hz hertz 赫兹 ヘルツ", 1e3: "khz", 1e6: "mhz", 1e9: "ghz"},
    "mb": {
        1e-3: "kb",
        1: "mb mib megabyte megabytes 兆",
        1e3: "gb gib gbyte gigabyte gigabytes go gigas ギガ ギガバイト",
        1e6: "tb tib terabyte terabytes to テラバイト",
    },
    "mp": {
        1: "mp mpx mpix mpixel megapixel megapixels mégapixel mégapixels megapixeles メガピクセル",
        0.01: "万像素 万画素",
        100: "亿像素",
    },
    "s": {
        1e-3: "ms msec",
        1: "sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos secondi 秒",
        60: "min mins minute minutes minuten minuto minutos minuti 分钟 分間",
        3600: "h hr hrs hour hours std stunde stunden heure heures hora horas 小时 時間",
        86400: "day days tag tage tagen jour jours día días dia dias giorno giorni 天 日間",
        604800: "week weeks woche wochen semaine semaines semana semanas settimana settimane 周 週間",
        2629800: "month months monat monate monaten mois mes meses mese mesi 个月 ヶ月 ヵ月 カ月",
        31557600: "year years yr yrs jahr jahre jahren año años anno anni 年間",
    },
    "c": {1: "°c ℃ 摄氏度"},
    "f": {1: "°f ℉ 华氏度"},
    "k": {1: "k kelvin"},
    "piece": {
        1: "pc pcs pce piece pieces pièce pièces stück stücke stueck stk pieza piezas pezzo "
        "pezzi unit units unidad unidades unité unités unità count ct pk pack packs packung packungen "
        "paquet paquets paquete paquetes confezioni teilig tlg er-pack "
        "支 片 件 个 個 只 隻 包 袋 盒 瓶 罐 枚 本 入 粒 条 條 套 双 雙 对 對 卷 张 張 枝 根 "
        "颗 顆 块 箱 "
        "听 桶 台 把 抽 贴 副 份 筒 串 提 组 装 裝 セット 個入 枚入 本入 袋入 パック 缶",
        12: "dozen dutzend docena docenas douzaine dozzina 打 ダース",
    },
    "percent": {1: "% percent prozent pourcent"},
}
#: word → (base unit, factor)
UNITS: dict[str, tuple[str, float]] = {
    word: (base, factor)
    for base, factors in WORDS.items()
    for factor, words in factors.items()
    for word in words.split()
}
#: Chinese unit → characters behind it that make another word of it: 9.9包邮 ships free, 升级 is an upgrade.
BEGIN_WORDS = {
    "克": "拉莱罗里力",
    "两": "用个個天种次年岁层開开轮轴口面件只隻片条瓶盒包袋色头边侧室厅双雙栖性极插芯端孔格档人款门位三",
    "升": "级級降温学初高班旗格国",
    "尺": "寸码子",
    "米": "色白其老家妮诺菲粉粒饭糊奇",
    "天": "然猫鹅丝窗空线花地气才堂",
    "周": "年岁边杰黑大",
    "秒": "杀殺",
    "安": "全卓装德踏心",
    "瓦": "斯楞罐片楼",
    "兆": "赫易芯",
    "伏": "羲特加",
    "条": "纹紋件码形",
    "包": "邮郵包臀括边子头皮",
    "盒": "子",
    "瓶": "子",
    "袋": "鼠子",
    "箱": "包子",
    "套": "头裙餐",
    "双": "肩面层人十门开",
    "雙": "肩面層人十門",
    "把": "手",
    "台": "灯燈历式阶面",
    "本": "田地草命",
    "卷": "发髮尺帘心",
    "块": "链",
    "支": "架付持撑",
    "只": "要为需松",
    "个": "性人",
    "個": "性人",
    "对": "讲开襟比",
    "打": "底印孔蛋包火",
    "抽": "油烟绳屉",
    "贴": "身合",
    "入": "门墙耳口",
    "组": "合",
    "提": "供拉升示手包",
    "串": "珠联口",
    "份": "额",
    "装": "饰修备甲置订扮",
    "裝": "飾修備甲置訂扮",
    "颗": "粒",
    "根": "据雕",
    "罐": "子",
    "张": "力",
    "片": "区段",
    "件": "代",
}
_LONGEST = max(map(len, UNITS))


def unit_at(text: str, start: int) -> str:
    """The longest unit that `text` names at `start` in a script without spaces; "" where it names none.

    >>> unit_at("5斤装", 1), unit_at("50克拉", 2)
    ('斤', '')
    """
    for length in range(min(8, _LONGEST), 0, -1):
        word = text[start : start + length]
        if word in UNITS and len(word) == length:
            behind = text[start + length : start + length + 1]
            if not behind or behind not in BEGIN_WORDS.get(word, ""):
                return word
    return ""
