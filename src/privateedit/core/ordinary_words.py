"""Words that name nobody: what pictures and files are called, and what people ask for in an edit.

`names` leaves them out, so that a file called ``blue_shirt.jpg`` does not make every blue shirt suspicious.
Names that are ordinary words as well (Rose, Brown, Young) are here too; `names` notices them when two stand
together, both capitalized.
"""

from __future__ import annotations

_PICTURES = """
img image images pic pics picture pictures photo photos photograph foto fotos bild bilder imagen imagenes
imagem immagine photographie obraz kuva portrait portraits portraet retrato ritratto headshot headshots
selfie selfies profile profil profilbild passport passfoto passbild avatar thumbnail thumb preview icon logo
banner cover poster scan scans scanned scanner screenshot screenshots screen shot snap snapshot camera cam
webcam dsc dscn dscf dcim pano panorama burst mvimg pxl gopr vid video movie clip frame still raw jpg jpeg
png webp heic heif tif tiff gif bmp avif file files document doc download downloads upload uploads original
orig copy copia kopie final finale edit edited edits retouched version ver draft test sample example demo
untitled unnamed new old temp tmp out output input result results export exported import converted
compressed cropped crop resized resize resolution large small medium big full size half masked mask restored
whatsapp telegram signal facebook instagram snapchat messenger wechat linkedin twitter tinder tiktok google
iphone ipad android samsung canon nikon sony fuji fujifilm olympus leica pixel huawei xiaomi adobe photoshop
lightroom gimp stock unsplash pexels getty copyright rights right reserved all license licensed photographer
photography studio studios cv resume bewerbung lebenslauf application card badge visa
"""
_CALENDAR = """
january february march april may june july august september october november december jan feb mar apr jun
jul aug sep sept oct nov dec januar februar maerz mai juni juli oktober dezember monday tuesday wednesday
thursday friday saturday sunday day days night nights morning evening afternoon noon dawn dusk midnight
today tomorrow yesterday week weekend month year years spring summer autumn fall winter season holiday
holidays vacation urlaub christmas xmas easter halloween birthday geburtstag wedding hochzeit party
anniversary graduation ceremony concert festival trip travel reise tour visit
"""
_COLORS = """
color colors colour colours colored black white grey gray red green blue yellow orange purple pink brown
beige navy teal turquoise cyan magenta maroon olive lime indigo violet lavender gold golden silver bronze
copper ivory cream khaki coral salmon rose ruby amber emerald crimson scarlet mint peach charcoal sepia
pastel neon rainbow monochrome dark darker light lighter bright brighter pale vivid muted warm warmer cool
cooler cold hot deep soft softer hard sharp sharper blurry blurred blur clear contrast saturation saturated
tone tones tint shade shades schwarz weiss rot gruen blau gelb braun grau rosa lila rouge vert bleu jaune
noir blanc rojo verde azul negro blanco
"""
_PEOPLE = """
person people persons man men woman women boy boys girl girls guy guys lady ladies gentleman child children
kid kids baby babies toddler teen teenager adult adults male female human humans face faces head heads hair
eye eyes eyebrow eyebrows nose mouth lips lip smile smiling teeth ear ears chin cheek cheeks forehead neck
shoulder shoulders arm arms hand hands finger fingers leg legs foot feet body skin beard mustache moustache
makeup glasses sunglasses hat cap scarf mask crown jewelry earrings necklace ring watch shirt shirts tshirt
blouse dress dresses suit suits tie jacket coat blazer sweater hoodie jeans pants trousers shorts skirt
shoes boots sneakers gloves uniform costume clothes clothing outfit wear wearing mother father mom mum dad
mama papa parent parents brother sister son daughter uncle aunt cousin grandma grandpa grandmother
grandfather family friend friends couple group team crowd husband wife boyfriend girlfriend bride groom
doctor nurse teacher student students officer soldier pilot chef singer dancer actor king queen prince
princess knight wizard angel hero young younger older elder lord bishop pope page cook hunter fisher class
school college university office work business meeting conference company employee staff member members mann
frau junge maedchen kind kinder mutter vater homme femme enfant hombre mujer nino nina
"""
_ROLES = """
astronaut engineer farmer firefighter lawyer scientist artist artists musician writer model models athlete
player runner cyclist driver mechanic waiter barista guard judge nun priest monk clown pirate ninja samurai
vampire zombie ghost robot alien cowboy viking superhero witch fairy mermaid elf president minister manager
director designer developer photographer tourist traveler guest visitor neighbor stranger statue sculpture
doll puppet mannequin figure character characters
"""
_PLACES = """
background backdrop foreground scene scenery landscape nature garden gardens park forest woods wood tree
trees leaf leaves flower flowers rose roses lily daisy iris violet heather ivy holly jasmine grass field
fields meadow hill hills mountain mountains valley river rivers lake lakes sea ocean beach beaches coast
shore bay island desert sand snow snowy ice rain rainy storm stormy cloud clouds cloudy sky sun sunny sunset
sunrise sunlight moon star stars space planet earth world city cities town village street streets road path
bridge building buildings house houses home room rooms kitchen bathroom bedroom living door window windows
wall walls floor roof ceiling stairs balcony terrace pool church castle tower museum library restaurant cafe
bar shop store market station airport train plane car cars bike bicycle bus boat ship truck motorcycle table
chair chairs sofa couch bed desk lamp candle fire fireplace water wave waves waterfall stone rock rocks
brick concrete marble glass metal steel wooden paper fabric leather cotton silk wool animal animals dog dogs
cat cats bird birds horse horses fish lion tiger bear wolf fox rabbit food fruit apple cake coffee tea wine
beer bread pizza book books phone laptop computer guitar piano ball balloon balloons umbrella bag strand
wald wiese berg see meer fluss haus hund katze baum himmel sonne plage playa flag sign heart london paris
berlin rome tokyo york venice
"""
_REQUESTS = """
blonde blond brunette redhead curly straight bald wrinkles freckles stage cherry blossom blossoms scenic
hour hero uniform style rembrandt eiffel tower clutter retriever puppy kitten bookshelf shelf bicycle
superhero medieval grain evening crowd cheering conference make makes making made turn turns change changed
changes replace replaced replaces remove removed add added put place placed give set keep kept leave let
take taken move moved swap convert transform create created draw drawn paint painted painting render
rendered generate generated show shown look looks looking like styled styles stylized art artwork artistic
oil watercolor sketch pencil ink cartoon anime comic manga pixar disney film movie cinematic vintage retro
modern classic realistic photorealistic professional natural elegant casual formal fancy simple plain clean
minimal minimalist dramatic moody dreamy fantasy futuristic cyberpunk noir gothic baroque renaissance
impressionist abstract texture pattern patterns stripes striped dots gradient lighting light lights shadow
shadows glow reflection effect effects filter quality high low higher lower best better good great nice
beautiful pretty lovely cute funny happy sad angry serious calm strong bold fresh open closed standing
sitting walking running jumping dancing holding lying sleeping eating drinking playing reading working
driving swimming facing wears hold stand sit walk run jump dance play read drive swim eat drink sleep fly
flying crop zoom rotate flip mirror tilt straighten enhance enhanced improve improved fix fixed repair
colorize upscale sharpen smooth smoother adjust increase decrease reduce apply use using used want wants
need needs please could would should can will must might same different another other others more less most
least much many few some any every each both either neither one two three four five six seven eight nine ten
first second third last next
"""
_GLUE = """
the and but for nor yet with without within into onto from off over under above below behind before after
between among around through across along against near beside next inside outside upon about toward towards
until till while when where what which who whom whose why how that this these those there here then than
also too very just only even still again ever never always often not yes out down back front left top bottom
center centre middle side sides corner edge edges part parts whole half its his her hers him she they them
their theirs you your yours mine our ours are was were been being has have had having does did doing done
hope rich cliff fields church hall long short wise der die das den dem des ein eine einer einen und oder mit
von vom zum zur auf aus bei nach vor ueber unter ich ist sind les une avec pour dans sur sous est sont los
las una con por para del que el la le un de
"""
_WITHOUT_SPACES = """
照片 图片 圖片 相片 微信图片 微信 截图 截圖 屏幕截图 头像 頭像 证件照 自拍 人像 编辑 原图 副本 下载
背景 写真 画像 自撮り 証明写真 顔写真 スクリーンショット 加工 コピー 사진 이미지 셀카 증명사진
프로필 스크린샷 복사본 편집 รูปภาพ ภาพ รูป
"""

ORDINARY = frozenset(
    " ".join(
        (_PICTURES, _CALENDAR, _COLORS, _PEOPLE, _ROLES, _PLACES, _REQUESTS, _GLUE, _WITHOUT_SPACES)
    ).split()
)
"""Lower case, without accents (German umlauts as ``ae``, ``oe``, ``ue``)."""
