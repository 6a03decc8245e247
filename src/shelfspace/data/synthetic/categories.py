"""What the synthetic shops sell. A kind is a line: axes|facts|features|accessories|price|words (see `Kind`)."""

# ruff: noqa: E501 (tables read better with one concept a line)

from __future__ import annotations

from shelfspace.data.synthetic.vocabulary import Category, category_of

CATEGORIES: tuple[Category, ...] = (
    category_of(
        "electronics",
        "Electronics|Elektronik|Électronique|Electrónica|电子产品|家電",
        """
colour generation tier|charge:2000:5000|0 1 2 3 6 7|0|120|headphones/headset|Kopfhörer/Headset|casque audio/écouteurs|auriculares/cascos|耳机/头戴式耳机|ヘッドホン/ヘッドフォン
storage:64:1024 colour tier|screen:5:7|1 2 4 5 8|0 1 2|480|smartphone/mobile phone|Smartphone/Handy|smartphone/téléphone portable|teléfono móvil/smartphone|智能手机/手机|スマートフォン/スマホ
screen:13:18 storage:256:1024|weight:1000:2500|2 4 5 7|0 2|820|laptop/notebook|Notebook/Laptop|ordinateur portable/PC portable|portátil/ordenador portátil|笔记本电脑/手提电脑|ノートパソコン/ノートPC
screen:24:65 generation|power:45:100|4 5 10||390|television/TV|Fernseher/TV-Gerät|téléviseur/TV|televisor/TV|电视机/电视|テレビ/液晶テレビ
storage:32:512 pack||1 8 9||28|memory card/flash card|Speicherkarte/Flash-Karte|carte mémoire/carte flash|tarjeta de memoria/tarjeta flash|存储卡/内存卡|メモリーカード/フラッシュカード
colour tier|power:20:100 charge:2000:10000|0 1 2 7|0|85|bluetooth speaker/portable speaker|Bluetooth-Lautsprecher/Lautsprecherbox|enceinte bluetooth/haut-parleur portable|altavoz bluetooth/altavoz portátil|蓝牙音箱/便携音响|ブルートゥーススピーカー/ポータブルスピーカー
length:30:300 pack|power:20:100|2 8 9||14|charging cable/USB cable|Ladekabel/USB-Kabel|câble de charge/câble USB|cable de carga/cable USB|充电线/数据线|充電ケーブル/USBケーブル
charge:5000:20000 colour|power:20:100|0 2 8|0|36|power bank/portable charger|Powerbank/Zusatzakku|batterie externe/chargeur portable|batería externa/cargador portátil|充电宝/移动电源|モバイルバッテリー/携帯充電器
generation tier|storage:32:128|1 4 7 8|0 1 2|260|action camera/sports camera|Actionkamera/Actioncam|caméra sport/caméra d'action|cámara de acción/cámara deportiva|运动相机/运动摄像机|アクションカメラ/アクションカム
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
shockproof/rugged|stoßfest/robust|antichoc/robuste|antigolpes/resistente|防摔/坚固|耐衝撃
high speed/fast transfer|Highspeed/schnelle Übertragung|haut débit/transfert rapide|alta velocidad|高速传输/高速|高速転送/高速
energy saving/energy efficient|energiesparend/energieeffizient|économe en énergie|bajo consumo|节能|省エネ
""",
        """
case/protective cover|Hülle/Schutzhülle|étui/housse|funda/estuche|保护套/保护壳|ケース/カバー
screen protector/tempered glass|Schutzfolie/Panzerglas|protection d'écran/verre trempé|protector de pantalla/cristal templado|屏幕保护膜/钢化膜|保護フィルム/ガラスフィルム
replacement battery/spare battery|Ersatzakku/Austauschakku|batterie de remplacement|batería de repuesto|替换电池/备用电池|交換用バッテリー/予備バッテリー
""",
        codes=0.95,
        share=0.2,
    ),
    category_of(
        "tools",
        "Tools|Werkzeug|Outillage|Herramientas|工具|工具",
        """
volt charge:2000:5000 tier|weight:750:2500|0 1 2 5 6|1 2|140|cordless drill/drill driver|Akku-Bohrschrauber/Akkuschrauber|perceuse-visseuse/perceuse sans fil|taladro atornillador/taladro a batería|充电式电钻/电动螺丝刀|充電式ドリルドライバー/電動ドライバー
disc volt|power:600:1500|0 2 4 6|1 2|95|angle grinder/disc grinder|Winkelschleifer/Trennschleifer|meuleuse d'angle/meuleuse|amoladora angular/amoladora|角磨机/角向磨光机|ディスクグラインダー/アングルグラインダー
length:12:30 pack|weight:125:500|3 5 6|2|24|screwdriver set/screwdrivers|Schraubendreher-Set/Schraubenzieher|jeu de tournevis/tournevis|juego de destornilladores/destornilladores|螺丝刀套装/螺丝批|ドライバーセット/ねじ回し
pieces:24:250 tier|weight:1500:2500|3 5 6|2|68|socket set/ratchet set|Steckschlüsselsatz/Ratschenkasten|coffret de douilles/jeu de clés à douille|juego de llaves de vaso/juego de carraca|套筒扳手套装/棘轮套装|ソケットレンチセット/ラチェットセット
grit pack|disc|7 8 9||12|sanding discs/abrasive discs|Schleifscheiben/Schleifpapier|disques abrasifs/papier abrasif|discos de lija/discos abrasivos|砂纸片/打磨片|サンディングディスク/研磨ディスク
power:1200:2000 generation|mass:5000:20000|2 6 7||180|pressure washer/jet washer|Hochdruckreiniger/Druckreiniger|nettoyeur haute pression|hidrolimpiadora/limpiadora de alta presión|高压清洗机/高压洗车机|高圧洗浄機/高圧クリーナー
length:40:75 volt|power:400:850|0 4 6|0 1|150|hedge trimmer/hedge cutter|Heckenschere/Akku-Heckenschere|taille-haie/taille-haies|cortasetos/recortasetos|绿篱机/修枝机|ヘッジトリマー/生垣バリカン
""",
        """
brushless/brushless motor|bürstenlos/bürstenloser Motor|sans balais/sans charbon|sin escobillas|无刷/无刷电机|ブラシレス/ブラシレスモーター
with LED light/LED lamp|mit LED-Licht/LED-Leuchte|avec lampe LED|con luz LED|带LED灯|LEDライト付き
variable speed/speed control|Drehzahlregelung/regelbare Drehzahl|vitesse variable/variateur|velocidad variable|可调速/无级变速|変速/無段変速
chrome vanadium/CrV steel|Chrom-Vanadium/CrV-Stahl|chrome vanadium/acier CrV|cromo vanadio/acero CrV|铬钒钢|クロムバナジウム/CrV鋼
anti-vibration/low vibration|vibrationsarm/Antivibration|anti-vibration|antivibración|减震/防震|低振動/防振
carry case included/with case|im Koffer/mit Koffer|en coffret|con maletín|含工具箱|ケース付き
ergonomic grip/soft grip|ergonomischer Griff/Softgriff|poignée ergonomique|empuñadura ergonómica|人体工学手柄|ソフトグリップ
long life/durable|langlebig/robust|longue durée/durable|larga duración|耐用/经久耐用|長寿命
for wood and metal/wood and metal|für Holz und Metall|bois et métal|para madera y metal|木材金属两用|木工・金属用
hook and loop/velcro backed|Klettverschluss/Klett|auto-agrippant|con velcro|魔术贴/背绒|マジックテープ式
""",
        """
replacement blade/spare blade|Ersatzklinge/Ersatzmesser|lame de rechange|cuchilla de repuesto|替换刀片|替刃
battery charger/charging station|Ladegerät/Ladestation|chargeur de batterie|cargador de batería|电池充电器|充電器
carrying case/tool bag|Transportkoffer/Werkzeugtasche|mallette de transport|maletín de transporte|收纳箱/工具包|収納ケース
""",
        codes=0.95,
        share=0.12,
    ),
    category_of(
        "kitchen",
        "Kitchen|Küche|Cuisine|Cocina|厨房用品|キッチン",
        """
vessel:1000:2000 colour|power:1200:2000|0 3 6|2|52|electric kettle/water kettle|Wasserkocher|bouilloire électrique/bouilloire|hervidor eléctrico/hervidor de agua|电热水壶/烧水壶|電気ケトル/湯沸かしポット
span pack|weight:500:1500|0 1 2 5|1|46|frying pan/skillet|Bratpfanne/Pfanne|poêle à frire/poêle|sartén/sartén antiadherente|平底锅/煎锅|フライパン/炒め鍋
vessel:2000:7000 tier|power:1200:2000|1 2 3 4 6|0|165|air fryer/hot air fryer|Heißluftfritteuse/Airfryer|friteuse à air/friteuse sans huile|freidora de aire/freidora sin aceite|空气炸锅/无油炸锅|ノンフライヤー/エアフライヤー
power:400:1200 colour|volume:500:1000|0 2 3||88|hand blender/stick blender|Stabmixer/Pürierstab|mixeur plongeant/blender à main|batidora de mano/batidora|手持搅拌机/料理棒|ハンドブレンダー/ブレンダー
vessel:1000:2000 generation|power:850:1500|0 4 6|0 2|310|espresso machine/coffee maker|Espressomaschine/Kaffeemaschine|machine à expresso/cafetière|cafetera espresso/máquina de café|意式咖啡机/咖啡机|エスプレッソマシン/コーヒーメーカー
length:12:30 tier|weight:125:250|0 2 7||58|chef's knife/cook's knife|Kochmesser/Küchenmesser|couteau de chef/couteau de cuisine|cuchillo de chef/cuchillo cocinero|主厨刀/菜刀|シェフナイフ/牛刀
volume:150:1000 pack||2 3 8||22|food container/storage box|Frischhaltedose/Vorratsdose|boîte de conservation/boîte alimentaire|recipiente hermético/fiambrera|保鲜盒/密封盒|保存容器/フードコンテナ
colour power:600:1500||0 4 6||49|toaster/bread toaster|Toaster|grille-pain/toaster|tostadora/tostador|烤面包机/多士炉|トースター/パン焼き器
""",
        """
stainless steel/inox|Edelstahl/rostfrei|acier inoxydable/inox|acero inoxidable/inox|不锈钢|ステンレス/ステンレス製
non-stick/nonstick coating|antihaftbeschichtet/Antihaft|antiadhésif/revêtement antiadhésif|antiadherente|不粘/不粘涂层|ノンスティック/焦げ付きにくい
dishwasher safe|spülmaschinenfest/spülmaschinengeeignet|compatible lave-vaisselle|apto para lavavajillas|可用洗碗机|食洗機対応
BPA free/BPA-free|BPA-frei/ohne BPA|sans BPA|sin BPA|不含BPA|BPAフリー
with timer/timer|mit Timer/Zeitschaltuhr|avec minuterie|con temporizador|带定时器/定时|タイマー付き
induction/for induction hobs|Induktion/induktionsgeeignet|tous feux dont induction|apto para inducción|电磁炉适用|IH対応
temperature control/thermostat|Temperaturregler/Thermostat|thermostat réglable|control de temperatura|可调温/温控|温度調節
hand forged/forged|handgeschmiedet/geschmiedet|forgé main/forgé|forjado a mano|手工锻造|手打ち/鍛造
leak-proof/airtight|auslaufsicher/luftdicht|hermétique|hermético|防漏/密封|密閉/漏れ防止
""",
        """
replacement filter/spare filter|Ersatzfilter/Austauschfilter|filtre de rechange|filtro de repuesto|替换滤芯/备用滤网|交換用フィルター
glass lid/replacement lid|Glasdeckel/Ersatzdeckel|couvercle en verre|tapa de vidrio|玻璃盖|ガラス蓋
descaler/descaling tablets|Entkalker/Entkalkungstabletten|détartrant|descalcificador|除垢剂|除垢剤
""",
        codes=0.8,
        share=0.12,
    ),
    category_of(
        "beauty",
        "Beauty|Schönheit|Beauté|Belleza|美容护肤|美容",
        """
volume:150:750 scent||0 1 2 3 4 5 6||19|shampoo/hair shampoo|Shampoo/Haarshampoo|shampooing|champú|洗发水/洗发露|シャンプー
volume:50:250 spf|skin|0 1 2 3 4 5 6||17|sunscreen/sun lotion|Sonnencreme/Sonnenmilch|crème solaire/lait solaire|protector solar/crema solar|防晒霜/防晒乳|日焼け止め/サンスクリーン
volume:30:100 tier|skin|0 1 2 3 4 5 6||32|face cream/facial moisturiser|Gesichtscreme/Feuchtigkeitscreme|crème visage/crème hydratante|crema facial/crema hidratante|面霜/保湿霜|フェイスクリーム/保湿クリーム
volume:30:100 scent||0 1 2 3 4 5 6||62|eau de parfum/perfume|Eau de Parfum/Parfüm|eau de parfum/parfum|agua de perfume/perfume|香水/淡香精|オードパルファム/香水
shade pack||0 1 2 3 4 5 6||14|lipstick/lip colour|Lippenstift|rouge à lèvres|pintalabios/barra de labios|口红/唇膏|口紅/リップスティック
volume:150:750 pack|scent|0 1 2 3 4 5 6||9|shower gel/body wash|Duschgel|gel douche|gel de ducha|沐浴露/沐浴乳|ボディソープ/シャワージェル
""",
        """
paraben free/no parabens|ohne Parabene/parabenfrei|sans parabènes|sin parabenos|不含防腐剂|パラベンフリー
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
    category_of(
        "grocery",
        "Grocery|Lebensmittel|Épicerie|Alimentación|食品|食品",
        """
weight:250:1000 pack roast||0 1 4||9|coffee beans/whole bean coffee|Kaffeebohnen/Bohnenkaffee|café en grains|café en grano|咖啡豆|コーヒー豆
weight:125:500 flavour||0 1 3 5||4|chocolate bar/chocolate|Schokolade/Tafelschokolade|tablette de chocolat/chocolat|tableta de chocolate/chocolate|巧克力/巧克力排|チョコレート/板チョコ
volume:250:1000 pack||0 4 6||11|olive oil/extra virgin olive oil|Olivenöl/natives Olivenöl|huile d'olive|aceite de oliva|橄榄油/初榨橄榄油|オリーブオイル/オリーブ油
bags flavour||0 1 4||5|green tea/tea bags|Grüntee/Teebeutel|thé vert/sachets de thé|té verde/bolsitas de té|绿茶/茶包|緑茶/ティーバッグ
weight:250:1000 pack||0 2 4 5||3|pasta/noodles|Nudeln/Pasta|pâtes|pasta/fideos|意大利面/面条|パスタ/麺
weight:250:1500 flavour||0 2 3 5||7|muesli/granola|Müsli/Knuspermüsli|muesli/granola|muesli/granola|燕麦片/麦片|ミューズリー/グラノーラ
mass flavour||0 2 4||26|dog food/dry dog food|Hundefutter/Trockenfutter für Hunde|croquettes pour chien/nourriture pour chien|comida para perros/pienso para perros|狗粮/犬粮|ドッグフード/犬用フード
volume:250:1000 flavour||0 1 3||2|fruit juice/juice|Fruchtsaft/Saft|jus de fruits/jus|zumo de frutas/zumo|果汁|果汁ジュース/ジュース
""",
        """
organic/certified organic|Bio/aus biologischem Anbau|bio/issu de l'agriculture biologique|ecológico/bio|有机|有機/オーガニック
fair trade/fairtrade|fair gehandelt/Fairtrade|commerce équitable|comercio justo|公平贸易|フェアトレード
gluten free/gluten-free|glutenfrei|sans gluten|sin gluten|无麸质|グルテンフリー
no added sugar/unsweetened|ohne Zuckerzusatz/ungesüßt|sans sucre ajouté|sin azúcar añadido|无添加糖|砂糖不使用
family size/value bag|Familienpackung/Vorratspackung|format familial|formato familiar|家庭装|ファミリーサイズ
vegan/plant based|vegan/pflanzlich|végan/végétal|vegano|纯素|ヴィーガン
cold pressed/first cold pressing|kaltgepresst|première pression à froid|prensado en frío|冷榨|コールドプレス
""",
        codes=0.0,
        share=0.11,
    ),
    category_of(
        "clothing",
        "Clothing|Bekleidung|Vêtements|Ropa|服装|衣料品",
        """
fit colour|wearer material|0 1 2 3||25|t-shirt/tee|T-Shirt/Kurzarmshirt|t-shirt/maillot|camiseta/playera|T恤/短袖|Tシャツ/半袖シャツ
fit colour|wearer material|0 3 4||60|hoodie/hooded sweatshirt|Kapuzenpullover/Hoodie|sweat à capuche/hoodie|sudadera con capucha/sudadera|连帽衫/卫衣|パーカー/フーディー
shoe colour|wearer material|1 2 3||95|running shoes/trainers|Laufschuhe/Sportschuhe|chaussures de course/baskets|zapatillas de correr/zapatillas|跑鞋/运动鞋|ランニングシューズ/スニーカー
fit colour|wearer material|0 1 3 4||140|rain jacket/waterproof jacket|Regenjacke/Wetterjacke|veste de pluie/imperméable|chaqueta impermeable/chubasquero|雨衣/冲锋衣|レインジャケット/防水ジャケット
waist colour|wearer|0 4 5||70|jeans/denim trousers|Jeans/Jeanshose|jean/pantalon denim|vaqueros/pantalón vaquero|牛仔裤|ジーンズ/デニムパンツ
socks pack|wearer material|1 2 5||13|sports socks/crew socks|Sportsocken/Tennissocken|chaussettes de sport/chaussettes|calcetines deportivos/calcetines|运动袜/中筒袜|スポーツソックス/靴下
""",
        """
slim fit/fitted|Slim Fit/schmal geschnitten|coupe ajustée/slim|corte ajustado/slim|修身|スリムフィット
breathable/airy|atmungsaktiv/luftig|respirant|transpirable|透气|通気性
quick dry/fast drying|schnelltrocknend|séchage rapide|secado rápido|速干|速乾
lightweight/light|leicht/Leichtgewicht|léger|ligero|轻便/轻量|軽量
with pockets/pocketed|mit Taschen|avec poches|con bolsillos|有口袋|ポケット付き
stretch/elastic|Stretch/dehnbar|stretch/extensible|elástico|弹力|ストレッチ
""",
        codes=0.7,
        code_in_title=False,
        share=0.12,
    ),
    category_of(
        "toys",
        "Toys|Spielzeug|Jouets|Juguetes|玩具|おもちゃ",
        """
pieces:48:1000 generation|age|0 1 3 5|0|42|building blocks/construction set|Bausteine/Bauset|briques de construction/jeu de construction|bloques de construcción/juego de construcción|积木/拼装积木|ブロック/組み立てブロック
pieces:100:1000 age|length:30:75|0 1 3 5|0|16|jigsaw puzzle/puzzle|Puzzle/Legespiel|puzzle/casse-tête|rompecabezas/puzle|拼图|ジグソーパズル/パズル
colour span|age|2 3 4 5||24|plush toy/soft toy|Plüschtier/Kuscheltier|peluche/doudou|peluche/muñeco de peluche|毛绒玩具/公仔|ぬいぐるみ
players generation|age|0 3 5||34|board game/family game|Brettspiel/Gesellschaftsspiel|jeu de société/jeu de plateau|juego de mesa/juego familiar|桌游/棋盘游戏|ボードゲーム/卓上ゲーム
colour tier|age|2 3 5|0|55|remote control car/RC car|ferngesteuertes Auto/RC-Auto|voiture télécommandée/voiture RC|coche teledirigido/coche RC|遥控车/遥控汽车|ラジコンカー/RCカー
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
    category_of(
        "books",
        "Books|Bücher|Livres|Libros|图书|本",
        """
format edition|pages|0 1 2 3||18|novel|Roman|roman|novela|长篇小说|小説
format volume_number|pages|0 1 2 3||16|crime novel/thriller|Krimi/Thriller|roman policier/thriller|novela negra/thriller|推理小说|ミステリー小説
edition format|pages|0 1 2 3||34|handbook/textbook|Handbuch/Lehrbuch|manuel|manual|手册/教材|ハンドブック/教科書
format edition|pages|0 1 2 3||26|cookbook|Kochbuch|livre de cuisine|libro de cocina|食谱|料理本/レシピ本
volume_number format|pages|0 1 2 3||9|comic book/graphic novel|Comic|bande dessinée/BD|cómic|漫画|漫画/コミック
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
    category_of(
        "office",
        "Office|Bürobedarf|Bureau|Oficina|办公用品|オフィス用品",
        """
ink pack|pages|0 3 5||38|toner cartridge/laser toner|Toner/Tonerkartusche|toner/cartouche de toner|tóner/cartucho de tóner|硒鼓/墨粉盒|トナー/トナーカートリッジ
paper sheets:100:500||0 3 6||8|copy paper/printer paper|Kopierpapier/Druckerpapier|papier d'impression/ramette de papier|papel para impresora/papel multifunción|复印纸/打印纸|コピー用紙/印刷用紙
colour pack||0 1 4||6|ballpoint pen/pens|Kugelschreiber|stylo à bille/stylos|bolígrafo/bolígrafos|圆珠笔|ボールペン
paper colour|sheets|0 3 6||7|notebook/writing pad|Notizbuch/Schreibblock|carnet/cahier|cuaderno/libreta|笔记本/记事本|ノート/手帳
colour tier|mass:7500:20000|2 3 7|0|190|office chair/desk chair|Bürostuhl/Schreibtischstuhl|chaise de bureau/fauteuil de bureau|silla de oficina/silla de escritorio|办公椅/电脑椅|オフィスチェア/デスクチェア
vessel:20000:60000 tier||3 8 9|0|75|paper shredder/document shredder|Aktenvernichter/Papierschredder|destructeur de documents|destructora de papel|碎纸机|シュレッダー/裁断機
""",
        """
recycled/eco friendly|recycelt/umweltfreundlich|recyclé/écologique|reciclado/ecológico|环保/再生|再生紙/エコ
refillable|nachfüllbar|rechargeable|recargable|可换芯|詰め替え可能
adjustable/height adjustable|verstellbar/höhenverstellbar|réglable/réglable en hauteur|regulable/ajustable en altura|可调节/可升降|調節可能/高さ調節
for home and office/home office|für Büro und Homeoffice/Homeoffice|bureau et maison|para casa y oficina|家用办公|在宅勤務
quick drying/smudge free|schnelltrocknend/wischfest|séchage rapide|secado rápido|速干|速乾
high yield/XL yield|hohe Reichweite|grande capacité|alto rendimiento|大容量|大容量
extra white/bright white|hochweiß/extra weiß|extra blanc|extra blanco|高白|高白色
ergonomic|ergonomisch|ergonomique|ergonómico|人体工学|人間工学
quiet/silent|leise/geräuscharm|silencieux|silencioso|静音|静音
cross cut/particle cut|Partikelschnitt|coupe croisée|corte en partículas|交叉碎纸|クロスカット
""",
        """
replacement part/spare part|Ersatzteil|pièce de rechange|pieza de repuesto|替换配件|交換部品
""",
        codes=0.85,
        share=0.05,
    ),
    category_of(
        "sport",
        "Sport|Sport|Sport|Deporte|体育用品|スポーツ",
        """
mass pack||2 7 8|0|35|dumbbell/hand weight|Hantel/Kurzhantel|haltère|mancuerna/pesa|哑铃|ダンベル
length:100:200 colour|weight:750:1500|0 1 2 6|0|28|yoga mat/exercise mat|Yogamatte/Gymnastikmatte|tapis de yoga/tapis de sport|esterilla de yoga/colchoneta|瑜伽垫/健身垫|ヨガマット/エクササイズマット
vessel:20000:60000 colour|weight:750:1500|1 4 5|1|80|hiking backpack/rucksack|Wanderrucksack/Trekkingrucksack|sac à dos de randonnée/sac à dos|mochila de senderismo/mochila|登山包/徒步背包|登山リュック/バックパック
volume:400:1000 colour|weight:125:250|1 3 4|0|21|water bottle/sports bottle|Trinkflasche/Sportflasche|gourde/bouteille de sport|botella de agua/botella deportiva|运动水壶/水杯|水筒/スポーツボトル
head colour|tier|1 4 9|0|110|bike helmet/cycling helmet|Fahrradhelm/Radhelm|casque de vélo|casco de bicicleta/casco ciclista|自行车头盔/骑行头盔|自転車ヘルメット/サイクルヘルメット
players colour|mass:2000:7500|1 4 5 6|0 1|160|camping tent/tent|Campingzelt/Zelt|tente de camping/tente|tienda de campaña/carpa|露营帐篷/帐篷|キャンプテント/テント
""",
        """
foldable/folding|faltbar/klappbar|pliable|plegable|可折叠|折りたたみ
lightweight/ultralight|leicht/ultraleicht|léger/ultra-léger|ligero/ultraligero|轻量/超轻|軽量/超軽量
non-slip/anti slip|rutschfest/Antirutsch|antidérapant|antideslizante|防滑|滑り止め
insulated/double wall|isoliert/doppelwandig|isotherme/double paroi|aislado/doble pared|保温/双层|保温/二重構造
outdoor/for outdoors|Outdoor/für draußen|plein air/outdoor|al aire libre/outdoor|户外|アウトドア
waterproof/weatherproof|wasserdicht/wetterfest|imperméable|impermeable|防水|防水
with carry bag/bag included|mit Tragetasche|avec sac de transport|con bolsa de transporte|附收纳袋|収納袋付き
rust-proof/rust free|rostfrei/rostgeschützt|antirouille|antióxido|防锈|防錆
rubber coated/rubber|gummiert/Gummi|caoutchouté/revêtement caoutchouc|recubierto de goma|包胶|ラバーコーティング
ventilated/air vents|belüftet/Luftkanäle|aéré/ventilé|ventilado|透气孔|通気孔付き
""",
        """
carry bag/storage bag|Tragetasche/Aufbewahrungstasche|sac de transport|bolsa de transporte|收纳袋|収納袋
repair kit/spare parts kit|Reparaturset|kit de réparation|kit de reparación|维修套件|修理キット
""",
        codes=0.5,
        share=0.05,
    ),
)
