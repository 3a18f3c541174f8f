/** What the mail with the code of an alias says in German. */
export const germanOfAliases: Readonly<Record<string, string>> = {
  'The code for {address}': 'Der Code für {address}',
  '{name} wants to write from this address in {workspace}.':
    '{name} möchte in {workspace} von dieser Adresse aus schreiben.',
  'The code is {code}. It counts for {minutes} minutes.': 'Der Code lautet {code}. Er gilt {minutes} Minuten.',
  'If you do not know of this, do not pass the code on: without it nothing happens.':
    'Wenn Sie davon nichts wissen, geben Sie den Code nicht weiter: Ohne ihn geschieht nichts.',
};
