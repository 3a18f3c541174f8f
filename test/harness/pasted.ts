/**
 * HTML as other programs put it on the clipboard or send it, and what of it stands in a note: its lines, and the words
 * that are bold.
 */
export interface Pasted {
  name: string;
  html: string;
  lines: string[];
  bold: string[];
}

const outlook = `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator
content="Microsoft Word 15"><!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--><style><!--
p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt;} --></style></head><body lang=EN-GB link="#0563C1"><!--StartFragment-->
<div class=WordSection1><p class=MsoNormal>Hi Ada,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoNormal>the parts are ready, <b>as agreed</b>, as soon as somebody signs.Delivery takes
two weeks, see README.md.<o:p></o:p></p>
<table class=MsoTableGrid border=1><tr><td width=200><p class=MsoNormal>Part<o:p></o:p></p></td><td><p class=MsoNormal>Price<o:p></o:p></p></td></tr>
<tr><td><p class=MsoNormal>Valve</p></td><td><p class=MsoNormal>12,50 &euro;<o:p></o:p></p></td></tr></table>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span
style='mso-list:Ignore'>&middot;<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span></span><![endif]>Bring the seals<o:p></o:p></p>
<div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b><span lang=EN-US>From:</span></b><span lang=EN-US> Ada Ek
&lt;ada@acme.example&gt; <br><b>Sent:</b> Monday, 2 March 2026 09:12<br><b>Subject:</b> R&amp;D</span></p></div></div>
<p class=MsoNormal>Which price?</p></div><!--EndFragment--></body></html>`;

const gmail = `<div dir="ltr"><div>Hello Bo,</div><div><br></div><div>call me at noon.<div>Or later <img data-emoji="🙂" alt="🙂" src="https://x.example/e.png"></div></div><div><br clear="all"></div>
<div><div dir="ltr" class="gmail_signature"><div dir="ltr"><div>Ada Ek</div><div>Acme Ltd</div><div><a href="https://acme.example/" target="_blank">acme.example</a></div></div></div></div></div><br>
<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Mar 2, 2026 at 9:12&#8239;AM Bo &lt;<a href="mailto:bo@b.example">bo@b.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex"><div>When do we<div>speak?</div></div><blockquote><div>Soon</div><ul><li><div>Monday</div></li><li>Tuesday</li></ul></blockquote></blockquote></div>`;

const googleDocs = `<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-7b5a1c2e-7fff"><h2 dir="ltr" style="line-height:1.38"><span style="font-size:16pt;font-weight:400;">Agenda</span></h2><p dir="ltr" style="line-height:1.38;margin-top:0pt;"><span style="font-size:11pt;font-family:Arial,sans-serif;font-weight:400;font-style:normal;text-decoration:none;white-space:pre-wrap;">Not bold, </span><span style="font-size:11pt;font-weight:700;font-style:normal;white-space:pre-wrap;">but this</span><span style="font-weight:400;">.</span></p><br /><ul style="margin-top:0;"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400;">First point</span></p></li></ul><div dir="ltr" align="left"><table style="border:none;"><colgroup><col width="312" /><col width="312" /></colgroup><tbody><tr style="height:0pt"><td style="border:solid #000 1pt;"><p dir="ltr"><span style="font-weight:400;">Who</span></p></td><td><p dir="ltr"><span style="font-weight:400;">When</span></p></td></tr></tbody></table></div></b><br class="Apple-interchange-newline">`;

const excel = `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta name=ProgId content=Excel.Sheet><style><!--table {mso-displayed-decimal-separator:"\\.";} --></style></head>
<body link="#467886"><table border=0 cellpadding=0 style='border-collapse:collapse'><!--StartFragment--> <col width=64 span=3>
 <tr height=20> <td height=20 width=64>Company</td> <td>City</td> <td>Sum</td> </tr>
 <tr> <td>Acme</td> <td></td> <td align=right>1,200</td> </tr>
 <tr> <td>Bolt</td> <td>Oslo</td> <td></td> </tr>
<!--EndFragment--></table></body></html>`;

const outlookWeb = `<div style="font-family: Aptos, sans-serif; font-size: 12pt;">Dear all,</div><div class="elementToProof"><br></div><div class="elementToProof">please find <span style="font-weight: bold;">two</span> offers:</div><ol start="3" data-editing-info="{}"><li><div role="presentation" class="elementToProof">One</div></li><li><div>Two</div></li></ol><div id="Signature"><div>Regards</div><p class="x">Eve</p></div><div id="appendonsend"></div><hr style="display: inline-block; width: 98%;"><div id="divRplyFwdMsg" dir="ltr"><span style="font-size: 11pt;"><b>From:</b> Bo<br><b>To:</b> Eve</span><div>&nbsp;</div></div><dl><dt>Term</dt><dd>30 days</dd></dl>`;

export const pasted: readonly Pasted[] = [
  {
    name: 'Outlook',
    html: outlook,
    lines: [
      'Hi Ada,',
      'the parts are ready, as agreed, as soon as somebody signs.Delivery takes two weeks, see README.md.',
      'Part | Price',
      'Valve | 12,50 €',
      '· Bring the seals',
      'From: Ada Ek <ada@acme.example>',
      'Sent: Monday, 2 March 2026 09:12',
      'Subject: R&D',
      'Which price?',
    ],
    bold: ['as agreed', 'From:', 'Sent:', 'Subject:'],
  },
  {
    name: 'Gmail',
    html: gmail,
    lines: [
      'Hello Bo,',
      'call me at noon.',
      'Or later 🙂',
      'Ada Ek',
      'Acme Ltd',
      'acme.example',
      'On Mon, Mar 2, 2026 at 9:12 AM Bo <bo@b.example> wrote:',
      'When do we',
      'speak?',
      'Soon',
      'Monday',
      'Tuesday',
    ],
    bold: [],
  },
  {
    name: 'Google Docs',
    html: googleDocs,
    lines: ['Agenda', 'Not bold, but this.', 'First point', 'Who | When'],
    bold: ['but this'],
  },
  { name: 'Excel', html: excel, lines: ['Company | City | Sum', 'Acme | | 1,200', 'Bolt | Oslo'], bold: [] },
  {
    name: 'Outlook on the web',
    html: outlookWeb,
    lines: [
      'Dear all,',
      'please find two offers:',
      'One',
      'Two',
      'Regards',
      'Eve',
      'From: Bo',
      'To: Eve',
      'Term',
      '30 days',
    ],
    bold: ['two', 'From:', 'To:'],
  },
];

const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

/** The lines that one reads in a note. */
export const linesOf = (clean: string): string[] =>
  clean.split(/<(?:br|hr) ?\/?>|<\/?(?:p|h[1-3]|ul|ol|li|blockquote|pre)(?:\s[^>]*)?>/).map(words).filter(Boolean); // biome-ignore format: one chain

export const boldOf = (clean: string): string[] =>
  [...clean.matchAll(/<(?:strong|b)>(.*?)<\/(?:strong|b)>/g)].map(([, text]) => words(text!));

const words = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name: string) => signs[name]!)
    .replace(/\s+/g, ' ')
    .trim();
