"""Words that guessers try first, as data: from published lists of leaked passwords and keyboards.

A password is compared after folding (see `domain.fold_password`), so that `P@ssw0rd2026!!` is found
as `password`. Entries are therefore lower-case letters only.
"""

from __future__ import annotations

_TEXT = """
abc abcd abcde abcdef access account adidas admin administrator airborne alexander alex amanda
amateur america american anakin andrea andrew angel angela angels animal anthony apollo apple
april arsenal arthur asdf asdfg asdfgh asdfghjkl asdfjkl ashley august austin autumn awesome
azerty babygirl backup badboy bailey banana barcelona barney baseball basketball batman battery
beach bear beautiful beer benjamin berlin betty bigdog bigdaddy bitch blessed blink blue bond
bonnie boomer boston brandon brandy braves brian brooklyn buster butterfly calvin camaro canada
captain carlos carolina caroline casper chance changeme changeit change charles charlie cheese
chelsea chester chicago chicken chocolate christian christmas christopher cisco claire classic
coffee college compaq computer connect control cookie cooper corvette country cowboy cowboys
create crystal dallas daniel danielle database david debbie december default dell demo denis
denver diamond diego digital disney doctor dolphin dolphins donald dragon dream driver eagle
eagles edward einstein elephant elizabeth emergency eminem enter england enterprise explorer
facebook faith falcon family fender ferrari fire firefighter fireman firewall first fishing
flower flowers florida football ford forever france frank frankie freddy freedom friend friends
fuckme fuckoff fuckyou gandalf gateway george giants ginger god golden golf golfer google
gordon green guest guitar gunner hammer hannah happy hardcore harley harry heather hello
helloworld help hockey home honda hotdog house hunter hunting iceman iloveu iloveyou india
internet ireland jack jackson jaguar james january jasmine jason jasper jennifer jeremy
jessica jesus jesuschrist john johnny johnson jonathan jordan joseph joshua july june junior
justin killer king kitten knight lakers lastchance lauren lawrence legend letmein letmeinnow
liberty linux liverpool login london lonely looking louise love lovely lover loveme loveyou
lucky maggie magic manager manchester march marina marine marlboro martin martina marvin
master mastermaster matrix matthew maverick maxwell melissa member mercedes merlin metallica
mexico michael michelle mickey midnight mike miller minecraft mobile monday money monica
monkey monster morgan mother mountain muffin murphy music muster mustang myspace nascar
natasha nathan network newpass newpassword newyork nicholas nicole nintendo nirvana nothing
november october oliver online open operator orange outlook packers panther parker pass
passion passpass passphrase passw passwd password passwordpassword pasword patrick peaches
peanut pepper peter phoenix player please police pokemon popcorn porsche power prince princess
private purple qazwsx qazwsxedc qwaszx qwer qwert qwerty qwertyqwerty qwertyu qwertyui
qwertyuiop qwertz rabbit rachel radio raiders rainbow ranger rangers rebecca red redsox
redskins remember rescue richard robert rocket root rosebud runner sakura samantha samsung
samson sandra saturday scooby scooter scorpio scott secret secretsecret secure security
september server service shadow shannon shelter sierra silver simple singer slayer slipknot
smokey snoopy soccer software someone sophie spanky sparky spider spiderman spring squirt
starwars startrek steelers steven stupid success summer sunday sunshine super superman
superuser superstar support sweet sweetheart swordfish system taylor teacher temp temporary
tennis test tester testing testtest thanks thebest theman thomas thunder thursday tiger
tigers tigger trinity trouble trustno trustnoone tuesday turtle unknown user username
vampire vanessa victoria victor viking virginia voyager walter warrior wednesday welcome
welcometo welcomewelcome whatever william williams willie wilson windows winner winston
winter wizard wolf xavier xbox yamaha yankees yellow yourmom zaq zaqwsx zaqxsw zxcv zxcvb
zxcvbn zxcvbnm
correcthorsebatterystaple iloveyousomuch letmeinplease thisismypassword mypassword
mynewpassword changemenow passwordone ilovemyself adminadmin rootroot
"""

WORDS: frozenset[str] = frozenset(_TEXT.split())
