/** Domains of mail for anybody: an address there says nothing of a company. */
export const freeMailDomains: readonly string[] = [
  '126.com', '163.com', 'abv.bg', 'aol.com', 'arcor.de', 'att.net', 'bigpond.com', 'bluewin.ch', 'bol.com.br', 'btinternet.com', 'centrum.cz', 'comcast.net',
  'cox.net', 'earthlink.net', 'email.com', 'email.cz', 'fastmail.com', 'fastmail.fm', 'free.fr', 'freemail.hu', 'freenet.de', 'gmail.com', 'gmx.at', 'gmx.ch',
  'gmx.com', 'gmx.de', 'gmx.net', 'googlemail.com', 'hey.com', 'hotmail.co.uk', 'hotmail.com', 'hotmail.de', 'hotmail.fr', 'hotmail.it', 'icloud.com', 'inbox.ru',
  'interia.pl', 'juno.com', 'kabelmail.de', 'laposte.net', 'libero.it', 'list.ru', 'live.co.uk', 'live.com', 'live.de', 'live.fr', 'mac.com', 'mail.com', 'mail.de',
  'mail.ru', 'mailbox.org', 'me.com', 'msn.com', 'naver.com', 'o2.pl', 'onet.pl', 'online.de', 'orange.fr', 'outlook.com', 'outlook.de', 'outlook.fr', 'pm.me',
  'posteo.de', 'posteo.net', 'proton.me', 'protonmail.com', 'qq.com', 'rambler.ru', 'rediffmail.com', 'rocketmail.com', 'sbcglobal.net', 'seznam.cz', 'sfr.fr',
  'shaw.ca', 'sina.com', 'sky.com', 't-online.de', 'telefonica.net', 'terra.com.br', 'tiscali.it', 'tuta.com', 'tutanota.com', 'uol.com.br', 'verizon.net',
  'virgilio.it', 'virginmedia.com', 'vodafone.de', 'wanadoo.fr', 'web.de', 'wp.pl', 'ya.ru', 'yahoo.co.jp', 'yahoo.co.uk', 'yahoo.com', 'yahoo.com.br', 'yahoo.de',
  'yahoo.fr', 'yahoo.it', 'yandex.com', 'yandex.ru', 'ymail.com', 'zoho.com',
]; // biome-ignore format: a list of words
