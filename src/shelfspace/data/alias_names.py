"""The names that feeds give to product attributes: English, German, French, Spanish, Italian and others."""

from __future__ import annotations

# Attribute → names, best first. Case, spaces and signs don't count; "g:" before a name doesn't either.
NAMES = {
    "shop": """
        shop, shop name, store, store name, merchant, merchant name, merchant id, seller, seller name,
        seller id, retailer, shop id, store id, website, domain, site, händler, haendler, anbieter,
        marchand, boutique, vendeur, tienda, vendedor, negozio, venditore, sklep, 店铺, 店铺名称, 商家,
        卖家, 店舗, ショップ, vendor id, vendor name, vendor
    """,
    "id": """
        id, product id, item id, offer id, listing id, article id, productid, prod id, pid, asin,
        unique id, uniq id, merchant product id, merchant item id, aw product id, goods id, num iid,
        artikelnummer, artikelnr, artikel nr, art nr, bestellnummer, produktnummer, produkt id, référence,
        ref, identifiant, referencia, codigo, código, codice, codice articolo, 商品id, 商品编号, 商品編號,
        货号, 编号, 商品番号, 商品コード, sku, sku id, stock keeping unit, variant sku, seller sku,
        item sku, handle
    """,
    "title": """
        title, name, product title, product name, item name, item title, display name,
        product display name, offer title, offer name, headline, structured title, titel, produktname,
        produkttitel, artikelname, artikelbezeichnung, produktbezeichnung, bezeichnung, titre, nom,
        nom du produit, nom produit, libellé, désignation, título, titulo, nombre, nombre del producto,
        nombre producto, titolo, nome, nome prodotto, nome del prodotto, nazwa, nazwa produktu, naam,
        productnaam, 标题, 標題, 名称, 名稱, 商品名称, 商品名稱, 商品标题, 产品名称, 宝贝标题, 品名,
        商品名, 名前, タイトル, 製品名
    """,
    "description": """
        description, product description, long description, short description, desc, body, body html,
        details, summary, content, beschreibung, produktbeschreibung, artikelbeschreibung,
        langbeschreibung, kurzbeschreibung, description du produit, descripción, descripcion, descrizione,
        opis, omschrijving, 描述, 商品描述, 产品描述, 详情, 说明, 商品説明, 説明
    """,
    "brand": """
        brand, brand name, manufacturer, manufacturer name, maker, make, marke, markenname, hersteller,
        herstellername, marque, fabricant, marca, fabricante, produttore, marchio, producent, merk, 品牌,
        厂商, 厂家, 制造商, 品牌名称, ブランド, メーカー
    """,
    "gtin": """
        gtin, gtin 14, gtin 13, gtin 12, gtin 8, ean, ean 13, ean code, ean 8, upc, upc code, upc a,
        barcode, bar code, isbn, isbn 13, isbn 10, jan, jan code, strichcode, code barre, code barres,
        código de barras, codigo de barras, codice a barre, 条码, 条形码, 商品条码, 国际条码, 條碼,
        バーコード, janコード
    """,
    "mpn": """
        mpn, manufacturer part number, manufacturer number, part number, part no, partnumber, model number,
        model no, modelno, model, model name, model code, model id, mfr part number, mfg part number, mfpn,
        oem number, herstellernummer, herstellerartikelnummer, han, modellnummer, modell, teilenummer,
        référence fabricant, numéro de modèle, modèle, número de modelo, modelo, número de pieza,
        codice produttore, modello, codice modello, 型号, 型號, 规格型号, 型番, モデル, sku
    """,
    "price": """
        price, sale price, current price, regular price, list price, price amount, price value,
        product price, unit price, offer price, selling price, final price, retail price, amount, preis,
        verkaufspreis, bruttopreis, aktueller preis, prix, prix ttc, prix de vente, precio,
        precio de venta, prezzo, prezzo di vendita, cena, prijs, 价格, 價格, 售价, 单价, 现价, 価格, 値段,
        販売価格, 税込価格
    """,
    "currency": """
        currency, price currency, currency code, currency id, currencyid, offers price currency, währung,
        waehrung, devise, moneda, divisa, valuta, waluta, 货币, 币种, 貨幣, 通貨
    """,
    "link": """
        link, url, product url, product link, item url, page url, deeplink, deep link, aw deep link,
        canonical url, href, permalink, weblink, produktlink, produkturl, lien, lien produit, enlace,
        collegamento, 链接, 商品链接, 商品url, リンク
    """,
    "image_link": """
        image link, image, image url, image src, picture, picture url, photo, photo url, img, img url,
        imageurl, main image, main image url, primary image, large image, merchant image url, thumbnail,
        thumbnail url, images, image 1, bild, bildurl, bildlink, bild url, lien image, url image, imagen,
        url imagen, immagine, zdjęcie, afbeelding, 图片, 图片链接, 主图, 圖片, 画像, 画像url
    """,
    "product_type": """
        product type, article type, category, category label, category name, categories, category path,
        categorypath, product category, merchant category, breadcrumb,
        breadcrumbs, department, type, kategorie,
        kategoriepfad, warengruppe, produkttyp, produktkategorie, catégorie, categorie, categoría,
        categoria, kategoria, 类目, 分类, 类别, 分類, 商品分类, カテゴリ, カテゴリー, 商品カテゴリ
    """,
    "google_product_category": """
        google product category, google category, google taxonomy
    """,
    "color": """
        color, colour, base colour, base color, color name, colour name, farbe, couleur, colore, cor,
        kolor, kleur, 颜色, 颜色分类, 顏色, 色, カラー
    """,
    "size": """
        size, size name, größe, groesse, grösse, taille, talla, tamaño, taglia, dimensione, rozmiar, maat,
        尺寸, 尺码, 规格, サイズ
    """,
    "item_group_id": """
        item group id, group id, parent id, parent sku, parent asin, product group id, variant group,
        isvariantof, master id, handle
    """,
    "availability": """
        availability, available, in stock, stock status, stock availability, verfügbarkeit, verfuegbarkeit,
        lieferbarkeit, disponibilité, disponibilidad, disponibilità, dostępność, beschikbaarheid, 库存状态,
        有货, 在庫, 在庫状況
    """,
    "product_detail": """
        product detail, attributes, product attributes, item attributes, specs, specifications, spec,
        technical details, technical data, properties, merkmale, technische daten, eigenschaften, attributs,
        caractéristiques, características, atributos, caratteristiche, attributi, 属性, 商品属性, 产品属性,
        产品参数, 商品参数, 规格参数, 参数, 仕様, スペック
    """,
}
