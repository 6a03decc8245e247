"""What shops say around a product: its worded attributes, marketing, conditions, bundles and sentences."""

# ruff: noqa: E501 (tables read better with one concept a line)

from __future__ import annotations

from shelfspace.data.synthetic.words import Words, words_of


def _named(text: str) -> dict[str, Words]:
    """A table by its English word, which is also the value that products carry."""
    lines = [words_of(line) for line in text.strip().splitlines()]
    return {line["en"][0]: line for line in lines}


#: Attributes whose values are words; the values of one attribute never share a synonym.
WORDED: dict[str, dict[str, Words]] = {
    "colour": _named("""
black/jet black|schwarz/tiefschwarz|noir|negro|黑色|ブラック/黒
white/pure white|weiß/reinweiß|blanc|blanco|白色|ホワイト/白
red|rot|rouge|rojo|红色|レッド/赤
blue|blau|bleu|azul|蓝色|ブルー/青
green|grün|vert|verde|绿色|グリーン/緑
grey/gray|grau|gris|gris|灰色|グレー/灰色
silver|silber/silbern|argent/argenté|plata/plateado|银色|シルバー/銀
yellow|gelb|jaune|amarillo|黄色|イエロー/黄
pink|rosa/pink|rose|rosa|粉色/粉红色|ピンク
purple|lila/violett|violet|morado/violeta|紫色|パープル/紫
brown|braun|marron|marrón|棕色|ブラウン/茶
orange|orange|orange|naranja|橙色|オレンジ
"""),
    "scent": _named("""
lavender|Lavendel|lavande|lavanda|薰衣草|ラベンダー
rose|Rose|rose|rosa|玫瑰|ローズ
vanilla|Vanille|vanille|vainilla|香草|バニラ
citrus|Zitrus|agrumes|cítricos|柑橘|シトラス
coconut|Kokos|coco|coco|椰子|ココナッツ
mint|Minze|menthe|menta|薄荷|ミント
"""),
    "skin": _named("""
oily skin|fettige Haut|peaux grasses|piel grasa|油性肌肤|脂性肌
sensitive skin|empfindliche Haut|peaux sensibles|piel sensible|敏感肌|敏感肌
normal skin|normale Haut|peaux normales|piel normal|中性肌肤|普通肌
"""),
    "shade": _named("""
cherry red|Kirschrot|rouge cerise|rojo cereza|樱桃红|チェリーレッド
nude beige|Nude Beige|beige nude|beige nude|裸米色|ヌードベージュ
coral|Koralle|corail|coral|珊瑚色|コーラル
berry|Beere|baie|baya|浆果色|ベリー
mauve|Mauve|mauve|malva|豆沙紫|モーブ
"""),
    "roast": _named("""
light roast|helle Röstung|torréfaction claire|tueste claro|浅度烘焙|浅煎り
medium roast|mittlere Röstung|torréfaction moyenne|tueste medio|中度烘焙|中煎り
dark roast|dunkle Röstung|torréfaction foncée|tueste oscuro|深度烘焙|深煎り
decaffeinated/decaf|entkoffeiniert|décaféiné|descafeinado|低因|カフェインレス
"""),
    "flavour": _named("""
classic|klassisch|classique|clásico|经典味|クラシック
hazelnut|Haselnuss|noisette|avellana|榛子味|ヘーゼルナッツ
orange flavour|Orangengeschmack|goût orange|sabor naranja|橙味|オレンジ味
strawberry|Erdbeere|fraise|fresa|草莓味|いちご
lemon|Zitrone|citron|limón|柠檬味|レモン
salmon|Lachs|saumon|salmón|三文鱼味|サーモン
honey|Honig|miel|miel|蜂蜜味|はちみつ
apple|Apfel|pomme|manzana|苹果味|りんご
"""),
    "material": _named("""
cotton/100% cotton|Baumwolle|coton|algodón|纯棉|綿/コットン
polyester|Polyester|polyester|poliéster|聚酯纤维|ポリエステル
merino wool|Merinowolle|laine mérinos|lana merino|美利奴羊毛|メリノウール
bamboo|Bambus|bambou|bambú|竹纤维|竹繊維
"""),
    "wearer": _named("""
for men/men's|Herren/für Herren|homme/pour homme|hombre/para hombre|男士/男款|メンズ/男性用
for women/women's|Damen/für Damen|femme/pour femme|mujer/para mujer|女士/女款|レディース/女性用
for kids/kids'|Kinder/für Kinder|enfant/pour enfant|niños/para niños|儿童/童款|キッズ/子供用
"""),
    "ink": _named("""
black|schwarz|noir|negro|黑色|ブラック
cyan|cyan|cyan|cian|青色|シアン
magenta|magenta|magenta|magenta|品红|マゼンタ
yellow|gelb|jaune|amarillo|黄色|イエロー
"""),
    "paper": _named("""
A3|A3|A3|A3|A3|A3
A4/DIN A4|A4/DIN A4|A4|A4|A4|A4
A5/DIN A5|A5/DIN A5|A5|A5|A5|A5
A6|A6|A6|A6|A6|A6
"""),
    "format": _named("""
paperback/softcover|Taschenbuch/kartoniert|broché/poche|tapa blanda/rústica|平装|ペーパーバック/文庫
hardcover/hardback|gebunden/Hardcover|relié/cartonné|tapa dura|精装|ハードカバー/単行本
audio CD/audiobook|Hörbuch/Audio-CD|livre audio|audiolibro|有声书|オーディオブック
ebook/e-book|E-Book|livre numérique|libro electrónico/ebook|电子书|電子書籍
"""),
}

MARKETING = words_of(
    "top quality/new/best price/free shipping/original/hot deal/bestseller/genuine"
    "|Top-Qualität/NEU/Bestpreis/versandkostenfrei/Original/Angebot/OVP/sofort lieferbar"
    "|neuf/meilleur prix/livraison gratuite/qualité supérieure/promo/garantie 2 ans"
    "|nuevo/mejor precio/envío gratis/oferta/alta calidad/original"
    "|正品/包邮/新款/热卖/官方旗舰店/品质保证"
    "|送料無料/正規品/新品/人気/お買い得/高品質"
)

REFURBISHED = words_of(
    "refurbished/renewed/certified refurbished|generalüberholt/refurbished|reconditionné"
    "|reacondicionado|翻新/官方翻新|整備済み品/再生品"
)

#: What a bundle adds to the bare product.
BUNDLES = (
    words_of(
        "with travel case/incl. travel case|inkl. Reiseetui|avec étui de voyage|con estuche de viaje|含旅行盒|トラベルケース付き"
    ),
    words_of(
        "+ 2 year warranty/incl. 2 year warranty|+ 2 Jahre Garantie|+ extension de garantie 2 ans|+ 2 años de garantía|+2年延保|+2年保証"
    ),
    words_of("gift set/in gift set|Geschenkset|coffret cadeau complet|set de regalo|礼品套装|ギフトセット"),
    words_of("starter kit/starter set|Starter-Set|kit de démarrage|kit de inicio|入门套装|スターターキット"),
)

#: How an accessory names the product it fits.
FITTING = words_of(
    "{noun} for {target}/{noun} compatible with {target}|{noun} für {target}/{noun} passend für {target}"
    "|{noun} pour {target}/{noun} compatible {target}|{noun} para {target}/{noun} compatible con {target}"
    "|适用于{target}的{noun}/{target}专用{noun}|{target}用{noun}/{target}対応{noun}"
)

LEGAL = ("Inc.", "GmbH", "SA", "SL", "Ltd", "Co.")

SENTENCES: dict[str, tuple[str, ...]] = {
    "en": (
        "The {name} is a {noun} that makes every day easier: {features}.",
        "{name}: {features}. A {noun} you can rely on.",
        "Discover the {noun} from {name}. {features}.",
    ),
    "de": (
        "Mit {name} holen Sie sich {noun} ins Haus: {features}.",
        "{name} – {features}. Zuverlässige Qualität für jeden Tag ({noun}).",
        "Entdecken Sie {noun} von {name}. {features}.",
    ),
    "fr": (
        "Avec {name}, profitez d'un produit pensé pour vous ({noun}) : {features}.",
        "{name} : {features}. Une valeur sûre au quotidien, {noun}.",
        "Découvrez {noun} signé {name}. {features}.",
    ),
    "es": (
        "Con {name} todo es más fácil: {features}. {noun}.",
        "{name}: {features}. Calidad en la que puede confiar ({noun}).",
        "Descubra {noun} de {name}. {features}.",
    ),
    "zh": (
        "{name}{noun}，{features}，让生活更轻松。",
        "全新{name}{noun}：{features}。品质可靠，值得信赖。",
        "{noun}来自{name}，{features}。",
    ),
    "ja": (
        "{name}の{noun}。{features}。毎日の暮らしをもっと快適に。",
        "{features}を備えた{name}の{noun}です。",
        "{noun}なら{name}。{features}。安心の品質です。",
    ),
}

#: Book titles are made in their own language and never translated.
BOOK_TITLES: dict[str, tuple[str, ...]] = {
    "en": ("The {a} {b} of {n}", "The {b} of {n}", "{n} and the {a} {b}", "A {b} for {n}"),
    "de": ("Das Geheimnis von {n}", "{n} und {b}", "Der Weg nach {n}: {b}", "{b} in {n}"),
    "fr": ("Le mystère de {n}", "{n} et {b}", "Sur la route de {n} : {b}", "{b} à {n}"),
    "es": ("El misterio de {n}", "{n} y {b}", "El camino a {n}: {b}", "{b} en {n}"),
    "zh": ("{n}的{b}", "寻找{n}：{b}", "{n}与{b}"),
    "ja": ("{n}の{b}", "{n}と{b}", "{b}、{n}へ"),
}
BOOK_NOUNS: dict[str, tuple[str, ...]] = {
    "en": ("garden", "river", "winter", "lighthouse", "letter", "orchard", "silence", "harbour"),
    "de": ("der Garten", "der Fluss", "der Winter", "der Brief", "die Stille", "der Hafen"),
    "fr": ("le jardin", "la rivière", "l'hiver", "la lettre", "le silence", "le port"),
    "es": ("el jardín", "el río", "el invierno", "la carta", "el silencio", "el puerto"),
    "zh": ("花园", "河流", "冬天", "灯塔", "书信", "港口"),
    "ja": ("庭", "川", "冬", "灯台", "手紙", "港"),
}
BOOK_ADJECTIVES = ("silent", "last", "hidden", "crimson", "northern", "forgotten")

CJK = frozenset({"zh", "ja"})
