"""What the synthetic shops sell: categories with their kinds of product, features and accessories."""

# ruff: noqa: E501 (tables read better with one concept a line)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shelfspace.data.synthetic.quantities import POOLS, Value
from shelfspace.data.synthetic.talk import WORDED
from shelfspace.data.synthetic.words import Words, table_of, words_of


def _bounded(item: str) -> tuple[str, tuple[Value, ...]]:
    """An attribute and its values, "volume" with all of them or "volume:30:100" within bounds."""
    name, *bounds = item.split(":")
    if not bounds:
        return name, tuple(WORDED[name]) if name in WORDED else POOLS[name]
    low, high = map(float, bounds)
    return name, tuple(value for value in POOLS[name] if low <= float(value) <= high)


@dataclass(frozen=True)
class Kind:
    """A kind of product: what it is called, how it may vary, what else is known of it, and a middling price.

    `values` holds what each of its attributes may be.
    """

    category: str
    words: Words
    axes: tuple[str, ...]
    facts: tuple[str, ...]
    values: Mapping[str, tuple[Value, ...]]
    price: float

    @classmethod
    def parse(cls, category: str, line: str) -> Kind:
        """The kind of a table line: axes, facts, price, words. "volume:30:100" bounds an attribute."""
        axes, facts, price, words = line.split("|", 3)
        values = dict(_bounded(item) for item in f"{axes} {facts}".split())
        first, second = (tuple(item.split(":")[0] for item in cell.split()) for cell in (axes, facts))
        return cls(category, words_of(words), first, second, values, float(price))


@dataclass(frozen=True)
class Category:
    """Kinds that share features, accessories and the habit of bearing model codes."""

    name: str
    words: Words
    kinds: tuple[Kind, ...]
    features: tuple[Words, ...]
    accessories: tuple[Words, ...]
    codes: float  # share of product lines that have a model code
    code_in_title: bool
    share: float


def _category(
    name: str,
    words: str,
    kinds: str,
    features: str,
    accessories: str = "",
    *,
    codes: float,
    code_in_title: bool = True,
    share: float,
) -> Category:
    return Category(
        name,
        words_of(words),
        tuple(Kind.parse(name, line) for line in kinds.strip().splitlines()),
        table_of(features),
        table_of(accessories) if accessories.strip() else (),
        codes,
        code_in_title,
        share,
    )


CATEGORIES: tuple[Category, ...] = (
    _category(
        "electronics",
        "Electronics|Elektronik|Électronique|Electrónica|电子产品|家電",
        """
colour generation tier|charge:2000:5000|120|headphones/headset|Kopfhörer/Headset|casque audio/écouteurs|auriculares/cascos|耳机/头戴式耳机|ヘッドホン/ヘッドフォン
storage:64:1024 colour tier|screen:5:7|480|smartphone/mobile phone|Smartphone/Handy|smartphone/téléphone portable|teléfono móvil/smartphone|智能手机/手机|スマートフォン/スマホ
screen:13:18 storage:256:1024|weight:1000:2500|820|laptop/notebook|Notebook/Laptop|ordinateur portable/PC portable|portátil/ordenador portátil|笔记本电脑/手提电脑|ノートパソコン/ノートPC
screen:24:65 generation|power:45:100|390|television/TV|Fernseher/TV-Gerät|téléviseur/TV|televisor/TV|电视机/电视|テレビ/液晶テレビ
storage:32:512 pack||28|memory card/flash card|Speicherkarte/Flash-Karte|carte mémoire/carte flash|tarjeta de memoria/tarjeta flash|存储卡/内存卡|メモリーカード/フラッシュカード
colour tier|power:20:100 charge:2000:10000|85|bluetooth speaker/portable speaker|Bluetooth-Lautsprecher/Lautsprecherbox|enceinte bluetooth/haut-parleur portable|altavoz bluetooth/altavoz portátil|蓝牙音箱/便携音响|ブルートゥーススピーカー/ポータブルスピーカー
length:30:300 pack|power:20:100|14|charging cable/USB cable|Ladekabel/USB-Kabel|câble de charge/câble USB|cable de carga/cable USB|充电线/数据线|充電ケーブル/USBケーブル
charge:5000:20000 colour|power:20:100|36|power bank/portable charger|Powerbank/Zusatzakku|batterie externe/chargeur portable|batería externa/cargador portátil|充电宝/移动电源|モバイルバッテリー/携帯充電器
generation tier|storage:32:128|260|action camera/sports camera|Actionkamera/Actioncam|caméra sport/caméra d'action|cámara de acción/cámara deportiva|运动相机/运动摄像机|アクションカメラ/アクションカム
""",
        """
wireless/cordless|kabellos/drahtlos|sans fil|inalámbrico|无线|ワイヤレス/無線
waterproof/water resistant|wasserdicht/wasserfest|étanche|resistente al agua/impermeable|防水|防水
fast charging/quick charge|Schnellladen/Schnellladung|charge rapide|carga rápida|快充/快速充电|急速充電/高速充電
noise cancelling/ANC|Geräuschunterdrückung/ANC|réduction de bruit|cancelación de ruido|降噪/主动降噪|ノイズキャンセリング/ノイキャン
high resolution/HD|hochauflösend/HD|haute résolution/HD|alta resolución/HD|高清/高分辨率|高解像度/高画質
dual band/dual-band|Dualband/Dual-Band|double bande|doble banda|双频|デュアルバンド
foldable/folding|faltbar/klappbar|pliable|plegable|可折叠/折叠式|折りたたみ/折り畳み式
with microphone/built-in mic|mit Mikrofon/Mikrofon integriert|avec micro/micro intégré|con micrófono|带麦克风/内置麦克风|マイク付き/マイク内蔵
""",
        """
case/protective cover|Hülle/Schutzhülle|étui/housse|funda/estuche|保护套/保护壳|ケース/カバー
screen protector/tempered glass|Schutzfolie/Panzerglas|protection d'écran/verre trempé|protector de pantalla/cristal templado|屏幕保护膜/钢化膜|保護フィルム/ガラスフィルム
replacement battery/spare battery|Ersatzakku/Austauschakku|batterie de remplacement|batería de repuesto|替换电池/备用电池|交換用バッテリー/予備バッテリー
""",
        codes=0.95,
        share=0.2,
    ),
    _category(
        "tools",
        "Tools|Werkzeug|Outillage|Herramientas|工具|工具",
        """
volt charge:2000:5000 tier|weight:750:2500|140|cordless drill/drill driver|Akku-Bohrschrauber/Akkuschrauber|perceuse-visseuse/perceuse sans fil|taladro atornillador/taladro a batería|充电式电钻/电动螺丝刀|充電式ドリルドライバー/電動ドライバー
disc volt|power:600:1500|95|angle grinder/disc grinder|Winkelschleifer/Trennschleifer|meuleuse d'angle/meuleuse|amoladora angular/amoladora|角磨机/角向磨光机|ディスクグラインダー/アングルグラインダー
length:12:30 pack|weight:125:500|24|screwdriver set/screwdrivers|Schraubendreher-Set/Schraubenzieher|jeu de tournevis/tournevis|juego de destornilladores/destornilladores|螺丝刀套装/螺丝批|ドライバーセット/ねじ回し
pieces:24:250 tier|weight:1500:2500|68|socket set/ratchet set|Steckschlüsselsatz/Ratschenkasten|coffret de douilles/jeu de clés à douille|juego de llaves de vaso/juego de carraca|套筒扳手套装/棘轮套装|ソケットレンチセット/ラチェットセット
grit pack|disc|12|sanding discs/abrasive discs|Schleifscheiben/Schleifpapier|disques abrasifs/papier abrasif|discos de lija/discos abrasivos|砂纸片/打磨片|サンディングディスク/研磨ディスク
power:1200:2000 generation|mass:5000:20000|180|pressure washer/jet washer|Hochdruckreiniger/Druckreiniger|nettoyeur haute pression|hidrolimpiadora/limpiadora de alta presión|高压清洗机/高压洗车机|高圧洗浄機/高圧クリーナー
length:40:75 volt|power:400:850|150|hedge trimmer/hedge cutter|Heckenschere/Akku-Heckenschere|taille-haie/taille-haies|cortasetos/recortasetos|绿篱机/修枝机|ヘッジトリマー/生垣バリカン
""",
        """
brushless/brushless motor|bürstenlos/bürstenloser Motor|sans balais/sans charbon|sin escobillas|无刷/无刷电机|ブラシレス/ブラシレスモーター
with LED light/LED lamp|mit LED-Licht/LED-Leuchte|avec lampe LED|con luz LED|带LED灯|LEDライト付き
variable speed/speed control|Drehzahlregelung/regelbare Drehzahl|vitesse variable/variateur|velocidad variable|可调速/无级变速|変速/無段変速
chrome vanadium/CrV steel|Chrom-Vanadium/CrV-Stahl|chrome vanadium/acier CrV|cromo vanadio/acero CrV|铬钒钢|クロムバナジウム/CrV鋼
anti-vibration/low vibration|vibrationsarm/Antivibration|anti-vibration|antivibración|减震/防震|低振動/防振
carry case included/with case|im Koffer/mit Koffer|en coffret|con maletín|含工具箱|ケース付き
ergonomic grip/soft grip|ergonomischer Griff/Softgriff|poignée ergonomique|empuñadura ergonómica|人体工学手柄|ソフトグリップ
""",
        """
replacement blade/spare blade|Ersatzklinge/Ersatzmesser|lame de rechange|cuchilla de repuesto|替换刀片|替刃
battery charger/charging station|Ladegerät/Ladestation|chargeur de batterie|cargador de batería|电池充电器|充電器
carrying case/tool bag|Transportkoffer/Werkzeugtasche|mallette de transport|maletín de transporte|收纳箱/工具包|収納ケース
""",
        codes=0.95,
        share=0.12,
    ),
    _category(
        "kitchen",
        "Kitchen|Küche|Cuisine|Cocina|厨房用品|キッチン",
        """
vessel:1000:2000 colour|power:1200:2000|52|electric kettle/water kettle|Wasserkocher|bouilloire électrique/bouilloire|hervidor eléctrico/hervidor de agua|电热水壶/烧水壶|電気ケトル/湯沸かしポット
span pack|weight:500:1500|46|frying pan/skillet|Bratpfanne/Pfanne|poêle à frire/poêle|sartén/sartén antiadherente|平底锅/煎锅|フライパン/炒め鍋
vessel:2000:7000 tier|power:1200:2000|165|air fryer/hot air fryer|Heißluftfritteuse/Airfryer|friteuse à air/friteuse sans huile|freidora de aire/freidora sin aceite|空气炸锅/无油炸锅|ノンフライヤー/エアフライヤー
power:400:1200 colour|volume:500:1000|88|hand blender/stick blender|Stabmixer/Pürierstab|mixeur plongeant/blender à main|batidora de mano/batidora|手持搅拌机/料理棒|ハンドブレンダー/ブレンダー
vessel:1000:2000 generation|power:850:1500|310|espresso machine/coffee maker|Espressomaschine/Kaffeemaschine|machine à expresso/cafetière|cafetera espresso/máquina de café|意式咖啡机/咖啡机|エスプレッソマシン/コーヒーメーカー
length:12:30 tier|weight:125:250|58|chef's knife/cook's knife|Kochmesser/Küchenmesser|couteau de chef/couteau de cuisine|cuchillo de chef/cuchillo cocinero|主厨刀/菜刀|シェフナイフ/牛刀
volume:150:1000 pack||22|food container/storage box|Frischhaltedose/Vorratsdose|boîte de conservation/boîte alimentaire|recipiente hermético/fiambrera|保鲜盒/密封盒|保存容器/フードコンテナ
colour power:600:1500||49|toaster/bread toaster|Toaster|grille-pain/toaster|tostadora/tostador|烤面包机/多士炉|トースター/パン焼き器
""",
        """
stainless steel/inox|Edelstahl/rostfrei|acier inoxydable/inox|acero inoxidable/inox|不锈钢|ステンレス/ステンレス製
non-stick/nonstick coating|antihaftbeschichtet/Antihaft|antiadhésif/revêtement antiadhésif|antiadherente|不粘/不粘涂层|ノンスティック/焦げ付きにくい
dishwasher safe|spülmaschinenfest/spülmaschinengeeignet|compatible lave-vaisselle|apto para lavavajillas|可用洗碗机|食洗機対応
BPA free/BPA-free|BPA-frei/ohne BPA|sans BPA|sin BPA|不含BPA|BPAフリー
with timer/timer|mit Timer/Zeitschaltuhr|avec minuterie|con temporizador|带定时器/定时|タイマー付き
induction/for induction hobs|Induktion/induktionsgeeignet|tous feux dont induction|apto para inducción|电磁炉适用|IH対応
temperature control/thermostat|Temperaturregler/Thermostat|thermostat réglable|control de temperatura|可调温/温控|温度調節
""",
        """
replacement filter/spare filter|Ersatzfilter/Austauschfilter|filtre de rechange|filtro de repuesto|替换滤芯/备用滤网|交換用フィルター
glass lid/replacement lid|Glasdeckel/Ersatzdeckel|couvercle en verre|tapa de vidrio|玻璃盖|ガラス蓋
descaler/descaling tablets|Entkalker/Entkalkungstabletten|détartrant|descalcificador|除垢剂|除垢剤
""",
        codes=0.8,
        share=0.12,
    ),
    _category(
        "beauty",
        "Beauty|Schönheit|Beauté|Belleza|美容护肤|美容",
        """
volume:150:750 scent||19|shampoo/hair shampoo|Shampoo/Haarshampoo|shampooing|champú|洗发水/洗发露|シャンプー
volume:50:250 spf|skin|17|sunscreen/sun lotion|Sonnencreme/Sonnenmilch|crème solaire/lait solaire|protector solar/crema solar|防晒霜/防晒乳|日焼け止め/サンスクリーン
volume:30:100 tier|skin|32|face cream/facial moisturiser|Gesichtscreme/Feuchtigkeitscreme|crème visage/crème hydratante|crema facial/crema hidratante|面霜/保湿霜|フェイスクリーム/保湿クリーム
volume:30:100 scent||62|eau de parfum/perfume|Eau de Parfum/Parfüm|eau de parfum/parfum|agua de perfume/perfume|香水/淡香精|オードパルファム/香水
shade pack||14|lipstick/lip colour|Lippenstift|rouge à lèvres|pintalabios/barra de labios|口红/唇膏|口紅/リップスティック
volume:150:750 pack|scent|9|shower gel/body wash|Duschgel|gel douche|gel de ducha|沐浴露/沐浴乳|ボディソープ/シャワージェル
""",
        """
for dry hair and skin/dry skin|für trockene Haut|peaux sèches|pieles secas|干性肌肤|乾燥肌用
vegan/plant based|vegan/pflanzlich|végan/végétal|vegano|纯素|ヴィーガン
fragrance free/unscented|ohne Duftstoffe/parfümfrei|sans parfum|sin perfume|无香精|無香料
with aloe vera/aloe|mit Aloe Vera|à l'aloe vera|con aloe vera|含芦荟|アロエ配合
with hyaluronic acid/hyaluron|mit Hyaluronsäure/Hyaluron|à l'acide hyaluronique|con ácido hialurónico|含玻尿酸/透明质酸|ヒアルロン酸配合
dermatologically tested/skin tested|dermatologisch getestet|testé dermatologiquement|dermatológicamente testado|皮肤科测试|皮膚科テスト済み
organic/natural|Bio/Naturkosmetik|bio/naturel|orgánico/natural|有机/天然|オーガニック
""",
        codes=0.0,
        share=0.1,
    ),
    _category(
        "grocery",
        "Grocery|Lebensmittel|Épicerie|Alimentación|食品|食品",
        """
weight:250:1000 pack roast||9|coffee beans/whole bean coffee|Kaffeebohnen/Bohnenkaffee|café en grains|café en grano|咖啡豆|コーヒー豆
weight:125:500 flavour||4|chocolate bar/chocolate|Schokolade/Tafelschokolade|tablette de chocolat/chocolat|tableta de chocolate/chocolate|巧克力/巧克力排|チョコレート/板チョコ
volume:250:1000 pack||11|olive oil/extra virgin olive oil|Olivenöl/natives Olivenöl|huile d'olive|aceite de oliva|橄榄油/初榨橄榄油|オリーブオイル/オリーブ油
bags flavour||5|green tea/tea bags|Grüntee/Teebeutel|thé vert/sachets de thé|té verde/bolsitas de té|绿茶/茶包|緑茶/ティーバッグ
weight:250:1000 pack||3|pasta/noodles|Nudeln/Pasta|pâtes|pasta/fideos|意大利面/面条|パスタ/麺
weight:250:1500 flavour||7|muesli/granola|Müsli/Knuspermüsli|muesli/granola|muesli/granola|燕麦片/麦片|ミューズリー/グラノーラ
mass flavour||26|dog food/dry dog food|Hundefutter/Trockenfutter für Hunde|croquettes pour chien/nourriture pour chien|comida para perros/pienso para perros|狗粮/犬粮|ドッグフード/犬用フード
volume:250:1000 flavour||2|fruit juice/juice|Fruchtsaft/Saft|jus de fruits/jus|zumo de frutas/zumo|果汁|果汁ジュース/ジュース
""",
        """
organic/certified organic|Bio/aus biologischem Anbau|bio/issu de l'agriculture biologique|ecológico/bio|有机|有機/オーガニック
fair trade/fairtrade|fair gehandelt/Fairtrade|commerce équitable|comercio justo|公平贸易|フェアトレード
gluten free/gluten-free|glutenfrei|sans gluten|sin gluten|无麸质|グルテンフリー
no added sugar/unsweetened|ohne Zuckerzusatz/ungesüßt|sans sucre ajouté|sin azúcar añadido|无添加糖|砂糖不使用
family size/value bag|Familienpackung/Vorratspackung|format familial|formato familiar|家庭装|ファミリーサイズ
vegan/plant based|vegan/pflanzlich|végan/végétal|vegano|纯素|ヴィーガン
""",
        codes=0.0,
        share=0.11,
    ),
    _category(
        "clothing",
        "Clothing|Bekleidung|Vêtements|Ropa|服装|衣料品",
        """
fit colour|material|25|t-shirt/tee|T-Shirt/Kurzarmshirt|t-shirt/maillot|camiseta/playera|T恤/短袖|Tシャツ/半袖シャツ
fit colour|material|60|hoodie/hooded sweatshirt|Kapuzenpullover/Hoodie|sweat à capuche/hoodie|sudadera con capucha/sudadera|连帽衫/卫衣|パーカー/フーディー
shoe colour|material|95|running shoes/trainers|Laufschuhe/Sportschuhe|chaussures de course/baskets|zapatillas de correr/zapatillas|跑鞋/运动鞋|ランニングシューズ/スニーカー
fit colour|material|140|rain jacket/waterproof jacket|Regenjacke/Wetterjacke|veste de pluie/imperméable|chaqueta impermeable/chubasquero|雨衣/冲锋衣|レインジャケット/防水ジャケット
waist colour||70|jeans/denim trousers|Jeans/Jeanshose|jean/pantalon denim|vaqueros/pantalón vaquero|牛仔裤|ジーンズ/デニムパンツ
socks pack|material|13|sports socks/crew socks|Sportsocken/Tennissocken|chaussettes de sport/chaussettes|calcetines deportivos/calcetines|运动袜/中筒袜|スポーツソックス/靴下
""",
        """
for men/men's|Herren/für Herren|homme/pour homme|hombre/para hombre|男士/男款|メンズ/男性用
for women/women's|Damen/für Damen|femme/pour femme|mujer/para mujer|女士/女款|レディース/女性用
slim fit/fitted|Slim Fit/schmal geschnitten|coupe ajustée/slim|corte ajustado/slim|修身|スリムフィット
breathable/airy|atmungsaktiv/luftig|respirant|transpirable|透气|通気性
quick dry/fast drying|schnelltrocknend|séchage rapide|secado rápido|速干|速乾
lightweight/light|leicht/Leichtgewicht|léger|ligero|轻便/轻量|軽量
with pockets/pocketed|mit Taschen|avec poches|con bolsillos|有口袋|ポケット付き
""",
        codes=0.7,
        code_in_title=False,
        share=0.12,
    ),
    _category(
        "toys",
        "Toys|Spielzeug|Jouets|Juguetes|玩具|おもちゃ",
        """
pieces:48:1000 generation|age|42|building blocks/construction set|Bausteine/Bauset|briques de construction/jeu de construction|bloques de construcción/juego de construcción|积木/拼装积木|ブロック/組み立てブロック
pieces:100:1000 age|length:30:75|16|jigsaw puzzle/puzzle|Puzzle/Legespiel|puzzle/casse-tête|rompecabezas/puzle|拼图|ジグソーパズル/パズル
colour span|age|24|plush toy/soft toy|Plüschtier/Kuscheltier|peluche/doudou|peluche/muñeco de peluche|毛绒玩具/公仔|ぬいぐるみ
players generation|age|34|board game/family game|Brettspiel/Gesellschaftsspiel|jeu de société/jeu de plateau|juego de mesa/juego familiar|桌游/棋盘游戏|ボードゲーム/卓上ゲーム
colour tier|age|55|remote control car/RC car|ferngesteuertes Auto/RC-Auto|voiture télécommandée/voiture RC|coche teledirigido/coche RC|遥控车/遥控汽车|ラジコンカー/RCカー
""",
        """
educational/learning toy|pädagogisch/Lernspielzeug|éducatif/jouet éducatif|educativo/didáctico|益智/早教|知育/知育玩具
wooden/made of wood|aus Holz/Holz|en bois|de madera|木制/实木|木製
with sound and light/lights and sounds|mit Licht und Sound|son et lumière|con luces y sonidos|声光|音と光
for kids/children|für Kinder/Kinder|pour enfants|para niños|儿童/适合儿童|子供用/キッズ
washable/machine washable|waschbar/maschinenwaschbar|lavable|lavable a máquina|可水洗|洗える
gift box/gift idea|Geschenkbox/Geschenkidee|coffret cadeau/idée cadeau|caja de regalo/idea de regalo|礼盒装|ギフトボックス
""",
        """
display case/showcase|Vitrine/Schaukasten|vitrine/boîte de présentation|vitrina/urna|展示盒/防尘盒|展示ケース/ディスプレイケース
""",
        codes=0.6,
        share=0.07,
    ),
    _category(
        "books",
        "Books|Bücher|Livres|Libros|图书|本",
        """
format edition|pages|18|novel|Roman|roman|novela|长篇小说|小説
format volume_number|pages|16|crime novel/thriller|Krimi/Thriller|roman policier/thriller|novela negra/thriller|推理小说|ミステリー小説
edition format|pages|34|handbook/textbook|Handbuch/Lehrbuch|manuel|manual|手册/教材|ハンドブック/教科書
format edition|pages|26|cookbook|Kochbuch|livre de cuisine|libro de cocina|食谱|料理本/レシピ本
volume_number format|pages|9|comic book/graphic novel|Comic|bande dessinée/BD|cómic|漫画|漫画/コミック
""",
        """
illustrated/with illustrations|illustriert/mit Abbildungen|illustré|ilustrado|插图版|イラスト入り
bestseller/best seller|Bestseller|best-seller|superventas|畅销书|ベストセラー
unabridged/complete text|ungekürzt|texte intégral|texto íntegro|完整版|完全版
large print|Großdruck|gros caractères|letra grande|大字版|大活字版
""",
        codes=0.0,
        share=0.06,
    ),
    _category(
        "office",
        "Office|Bürobedarf|Bureau|Oficina|办公用品|オフィス用品",
        """
ink pack|pages|38|toner cartridge/laser toner|Toner/Tonerkartusche|toner/cartouche de toner|tóner/cartucho de tóner|硒鼓/墨粉盒|トナー/トナーカートリッジ
paper sheets:100:500||8|copy paper/printer paper|Kopierpapier/Druckerpapier|papier d'impression/ramette de papier|papel para impresora/papel multifunción|复印纸/打印纸|コピー用紙/印刷用紙
colour pack||6|ballpoint pen/pens|Kugelschreiber|stylo à bille/stylos|bolígrafo/bolígrafos|圆珠笔|ボールペン
paper colour|sheets|7|notebook/writing pad|Notizbuch/Schreibblock|carnet/cahier|cuaderno/libreta|笔记本/记事本|ノート/手帳
colour tier|mass:7500:20000|190|office chair/desk chair|Bürostuhl/Schreibtischstuhl|chaise de bureau/fauteuil de bureau|silla de oficina/silla de escritorio|办公椅/电脑椅|オフィスチェア/デスクチェア
vessel:20000:60000 tier||75|paper shredder/document shredder|Aktenvernichter/Papierschredder|destructeur de documents|destructora de papel|碎纸机|シュレッダー/裁断機
""",
        """
recycled/eco friendly|recycelt/umweltfreundlich|recyclé/écologique|reciclado/ecológico|环保/再生|再生紙/エコ
refillable|nachfüllbar|rechargeable|recargable|可换芯|詰め替え可能
adjustable/height adjustable|verstellbar/höhenverstellbar|réglable/réglable en hauteur|regulable/ajustable en altura|可调节/可升降|調節可能/高さ調節
for home and office/home office|für Büro und Homeoffice/Homeoffice|bureau et maison|para casa y oficina|家用办公|在宅勤務
quick drying/smudge free|schnelltrocknend/wischfest|séchage rapide|secado rápido|速干|速乾
high yield/XL yield|hohe Reichweite|grande capacité|alto rendimiento|大容量|大容量
""",
        """
replacement part/spare part|Ersatzteil|pièce de rechange|pieza de repuesto|替换配件|交換部品
""",
        codes=0.85,
        share=0.05,
    ),
    _category(
        "sport",
        "Sport|Sport|Sport|Deporte|体育用品|スポーツ",
        """
mass pack||35|dumbbell/hand weight|Hantel/Kurzhantel|haltère|mancuerna/pesa|哑铃|ダンベル
length:100:200 colour|weight:750:1500|28|yoga mat/exercise mat|Yogamatte/Gymnastikmatte|tapis de yoga/tapis de sport|esterilla de yoga/colchoneta|瑜伽垫/健身垫|ヨガマット/エクササイズマット
vessel:20000:60000 colour|weight:750:1500|80|hiking backpack/rucksack|Wanderrucksack/Trekkingrucksack|sac à dos de randonnée/sac à dos|mochila de senderismo/mochila|登山包/徒步背包|登山リュック/バックパック
volume:400:1000 colour|weight:125:250|21|water bottle/sports bottle|Trinkflasche/Sportflasche|gourde/bouteille de sport|botella de agua/botella deportiva|运动水壶/水杯|水筒/スポーツボトル
head colour|tier|110|bike helmet/cycling helmet|Fahrradhelm/Radhelm|casque de vélo|casco de bicicleta/casco ciclista|自行车头盔/骑行头盔|自転車ヘルメット/サイクルヘルメット
players colour|mass:2000:7500|160|camping tent/tent|Campingzelt/Zelt|tente de camping/tente|tienda de campaña/carpa|露营帐篷/帐篷|キャンプテント/テント
""",
        """
foldable/folding|faltbar/klappbar|pliable|plegable|可折叠|折りたたみ
lightweight/ultralight|leicht/ultraleicht|léger/ultra-léger|ligero/ultraligero|轻量/超轻|軽量/超軽量
non-slip/anti slip|rutschfest/Antirutsch|antidérapant|antideslizante|防滑|滑り止め
insulated/double wall|isoliert/doppelwandig|isotherme/double paroi|aislado/doble pared|保温/双层|保温/二重構造
outdoor/for outdoors|Outdoor/für draußen|plein air/outdoor|al aire libre/outdoor|户外|アウトドア
waterproof/weatherproof|wasserdicht/wetterfest|imperméable|impermeable|防水|防水
with carry bag/bag included|mit Tragetasche|avec sac de transport|con bolsa de transporte|附收纳袋|収納袋付き
""",
        """
carry bag/storage bag|Tragetasche/Aufbewahrungstasche|sac de transport|bolsa de transporte|收纳袋|収納袋
repair kit/spare parts kit|Reparaturset|kit de réparation|kit de reparación|维修套件|修理キット
""",
        codes=0.5,
        share=0.05,
    ),
)
