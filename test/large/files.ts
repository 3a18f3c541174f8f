import { writeXlsx } from 'hucre';

const header = 'First name,Last name,Email';
const columns = (count: number) => Array.from({ length: count }, (_, at) => `C${at}`).join(',');
const card = (lines: string) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\n${lines}END:VCARD\r\n`;

/** Files for an import that are large in one dimension each. */
export async function largeFiles(): Promise<[name: string, content: string | Uint8Array][]> {
  const wide = await writeXlsx({ sheets: [{ name: 'A', rows: [Array.from({ length: 5_000 }, (_, at) => `C${at}`)] }] });
  const long = await writeXlsx({
    sheets: [
      {
        name: 'A',
        rows: [
          ['First name', 'Note'],
          ['Ada', '['.repeat(30_000)],
        ],
      },
    ],
  });
  const many = Array.from({ length: 5_000 }, (_, at) => [`Name ${at}`, '1']);
  const tall = await writeXlsx({ sheets: [{ name: 'A', rows: [['First name', 'Last name'], ...many] }] });
  return [
    ['brackets.csv', `First name,${'['.repeat(4_000)}\nAda,1\n`],
    ['more brackets.csv', `First name,${'['.repeat(3_000_000)}\nAda,1\n`],
    ['digits.csv', `First name,${'1'.repeat(900_000)}x\nAda,1\n`],
    ['spaces.csv', `First name,${' '.repeat(900_000)}x\nAda,1\n`],
    ['20000 columns.csv', `${columns(20_000)}\n1,2\n`],
    ['100000 columns.csv', `${columns(100_000)}\n1,2\n`],
    ['100000 columns, below a title.csv', `My list\n\n${columns(100_000)}\n1,2\n`],
    ['one name.csv', `${'Name,'.repeat(20_000)}\n1,2\n`],
    ['commas.csv', `${header}\n${','.repeat(3_000_000)}\n`],
    ['quotes.csv', `${header}\n${'"'.repeat(3_000_000)}\n`],
    ['other quotes.csv', `${header}\n${`"\\"',;`.repeat(200_000)}\n`],
    ['one line.csv', 'x'.repeat(3_000_000)],
    ['one cell.csv', `${header}\n"${'x'.repeat(3_000_000)}",Ek,a@large.example\n`],
    ['empty rows.csv', `${header}\n${'\n'.repeat(3_000_000)}`],
    ['rows.csv', `${header}\n${'Ada,Ek,a@large.example\n'.repeat(100_000)}`],
    ['500 columns.csv', `${columns(500)}\n${`${'1,'.repeat(499)}1\n`.repeat(1_000)}`],
    ['dates.csv', `${header},Born\n${'Ada,Ek,a@large.example,1/2/2020 10:00\n'.repeat(20_000)}`],
    ['zero bytes.csv', '\0'.repeat(3_000_000)],
    ['no characters.csv', new Uint8Array(3_000_000).fill(0xe4)],
    [
      'google.csv',
      `First Name,Last Name,E-mail 1 - Value,Phone 1 - Value\n${'Ada,Ek,a@large.example,1\n'.repeat(20_000)}`,
    ],
    ['telephones.vcf', card('TEL:+49301234567\r\n'.repeat(200_000))],
    ['cards.vcf', card('TEL:+49301234567\r\n').repeat(5_000)],
    ['escapes.vcf', card(`NOTE:${'\\'.repeat(3_000_000)}\r\n`)],
    ['parameters.vcf', card(`TEL${';TYPE=a'.repeat(8_000)}:1\r\n`.repeat(10))],
    ['folded.vcf', card(`NOTE:x\r\n${' x\r\n'.repeat(500_000)}`)],
    ['cards in cards.vcf', 'BEGIN:VCARD\r\n'.repeat(200_000)],
    ['quoted printable.vcf', card(`NOTE;ENCODING=QUOTED-PRINTABLE:${'=\r\n'.repeat(500_000)}\r\n`)],
    ['wide.xlsx', wide],
    ['long.xlsx', long],
    ['tall.xlsx', tall],
    ['damaged.xlsx', Buffer.concat([Buffer.from(tall).subarray(0, 2_000), Buffer.alloc(3_000_000, 'PK\u0003\u0004')])],
  ];
}
