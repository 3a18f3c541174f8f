export const german: Readonly<Record<string, string>> = {
  'If the button does not work, open this address:':
    'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
  'Join {workspace} on Holdfast': 'Treten Sie {workspace} auf Holdfast bei',
  'Join {workspace}': 'Treten Sie {workspace} bei',
  '{name} invited you to work together in {workspace}.':
    '{name} hat Sie eingeladen, in {workspace} zusammenzuarbeiten.',
  'You were invited to work together in {workspace}.': 'Sie wurden eingeladen, in {workspace} zusammenzuarbeiten.',
  'Choose a password to begin. The link works once, within {days, plural, one {# day} other {# days}}.':
    'Wählen Sie ein Passwort, um zu beginnen. Der Link funktioniert einmal, innerhalb von {days, plural, one {# Tag} other {# Tagen}}.',
  'Accept the invitation': 'Einladung annehmen',
  'Set a new password for {workspace}': 'Neues Passwort für {workspace} festlegen',
  'Set a new password': 'Neues Passwort festlegen',
  'Confirm your e-mail address': 'E-Mail-Adresse bestätigen',
  'This is now the address with which you sign in to {workspace}.':
    'Mit dieser Adresse melden Sie sich nun bei {workspace} an.',
  'If you do not know this workspace, there is nothing to do: without your confirmation nothing happens.':
    'Wenn Sie diesen Arbeitsbereich nicht kennen, müssen Sie nichts tun: Ohne Ihre Bestätigung geschieht nichts.',
  'Confirm the address': 'Adresse bestätigen',
  'Connect {name} to your account?': '{name} mit Ihrem Konto verbinden?',
  'Somebody, hopefully you, signed in with {name} and has your e-mail address there.':
    'Jemand, hoffentlich Sie selbst, hat sich mit {name} angemeldet und hat dort Ihre E-Mail-Adresse.',
  'If it was you, confirm it once: from then on {name} signs you in to {workspace}.':
    'Waren Sie es, bestätigen Sie es einmal: Danach meldet {name} Sie bei {workspace} an.',
  'If it was not you, do nothing, and tell an administrator.':
    'Waren Sie es nicht, tun Sie nichts und sagen Sie es der Administration.',
  'Connect the account': 'Konto verbinden',
  'An account at a sign-in provider was connected to your account':
    'Ein Konto bei einem Anmeldeanbieter wurde mit Ihrem Konto verbunden',
  'Somebody, hopefully you, asked for a new password in {workspace}.':
    'Jemand, hoffentlich Sie selbst, hat in {workspace} ein neues Passwort angefordert.',
  'The link works once, within {minutes, plural, one {# minute} other {# minutes}}. If it was not you, do nothing: your password stays as it is.':
    'Der Link funktioniert einmal, innerhalb von {minutes, plural, one {# Minute} other {# Minuten}}. Waren Sie es nicht, tun Sie nichts: Ihr Passwort bleibt, wie es ist.',
  'Your password was changed': 'Ihr Passwort wurde geändert',
  'Your e-mail address was changed': 'Ihre E-Mail-Adresse wurde geändert',
  'A second factor was added to your account': 'Ihrem Konto wurde ein zweiter Faktor hinzugefügt',
  'The second factor was removed from your account': 'Der zweite Faktor wurde aus Ihrem Konto entfernt',
  'A passkey was added to your account': 'Ihrem Konto wurde ein Passkey hinzugefügt',
  'A passkey was removed from your account': 'Ein Passkey wurde aus Ihrem Konto entfernt',
  'An API key was made in your name': 'In Ihrem Namen wurde ein API-Schlüssel erstellt',
  'A secret address for your calendar was made': 'Für Ihren Kalender wurde eine geheime Adresse erstellt',
  'This happened in {workspace} on {time} UTC.': 'Das geschah in {workspace} am {time} UTC.',
  'If it was you, there is nothing to do. If it was not, set a new password, sign out all other devices, and tell an administrator.':
    'Waren Sie es, ist nichts zu tun. Waren Sie es nicht, legen Sie ein neues Passwort fest, melden Sie alle anderen Geräte ab und informieren Sie die Administration.',
  'Look at your security settings': 'Sicherheitseinstellungen ansehen',
  '{who} mentioned you in a note on {what}': '{who} hat Sie in einer Notiz zu {what} erwähnt',
  '{who} mentioned you on {what}': '{who} hat Sie bei {what} erwähnt',
  '{who} commented on {what}': '{who} hat {what} kommentiert',
  '{who} gave you the task {what}': '{who} hat Ihnen die Aufgabe {what} gegeben',
  '{who} made you the owner of {what}': '{who} hat Ihnen {what} übergeben',
  '{who} made you the owner of several {noun, select, contact {contacts} company {companies} deal {deals} task {tasks} other {records}}':
    '{who} hat Ihnen mehrere {noun, select, contact {Kontakte} company {Unternehmen} deal {Deals} task {Aufgaben} other {Datensätze}} übergeben',
  '{who} changed {what}': '{who} hat {what} geändert',
  '{who} changed several {noun, select, contact {contacts} company {companies} deal {deals} other {records}} you follow':
    '{who} hat mehrere {noun, select, contact {Kontakte} company {Unternehmen} deal {Deals} other {Datensätze}} geändert, die Sie verfolgen',
  'It is time for the task {what}': 'Zeit für die Aufgabe {what}',
  '{noun, select, import {Your import} export {Your export} other {Your change of many records}} failed':
    '{noun, select, import {Ihr Import} export {Ihr Export} other {Ihre Änderung vieler Datensätze}} ist fehlgeschlagen',
  '{noun, select, import {Your import} export {Your export} other {Your change of many records}} is done':
    '{noun, select, import {Ihr Import} export {Ihr Export} other {Ihre Änderung vieler Datensätze}} ist fertig',
  '{count, plural, one {# more stands} other {# more stand}} in the attached file':
    '{count, plural, one {# weitere Zeile steht} other {# weitere Zeilen stehen}} in der angehängten Datei',
  '{count, plural, one {# record} other {# records}} created or updated':
    '{count, plural, one {# Datensatz} other {# Datensätze}} angelegt oder aktualisiert',
  '{count, plural, one {# row} other {# rows}} as {format}':
    '{count, plural, one {# Zeile} other {# Zeilen}} als {format}',
  '{noun, select, contact {{count, plural, one {# contact} other {# contacts}}} company {{count, plural, one {# company} other {# companies}}} deal {{count, plural, one {# deal} other {# deals}}} other {{count, plural, one {# record} other {# records}}}}':
    '{noun, select, contact {{count, plural, one {# Kontakt} other {# Kontakte}}} company {{count, plural, one {# Unternehmen} other {# Unternehmen}}} deal {{count, plural, one {# Deal} other {# Deals}}} other {{count, plural, one {# Datensatz} other {# Datensätze}}}}',
  '{kind, select, tag {{records} tagged or untagged} delete {{records} moved to the trash} start_deals {{records} put into a pipeline} reversal {{records} put back as before} other {{records} changed}}':
    '{kind, select, tag {Schlagwörter für {records} geändert} delete {{records} in den Papierkorb gelegt} start_deals {{records} in eine Pipeline gestellt} reversal {{records} auf den vorherigen Stand gebracht} other {{records} geändert}}',
  'Your import was taken back': 'Ihr Import wurde zurückgenommen',
  'The webhook {what} was disabled': 'Der Webhook {what} wurde deaktiviert',
  'Records were found that may be the same': 'Mögliche Duplikate wurden gefunden',
  'You get this because of your settings in {workspace}. Stop mails of this kind':
    'Sie erhalten dies wegen Ihrer Einstellungen in {workspace}. Solche E-Mails abbestellen',
  'More than {count, number} new in {workspace}': 'Mehr als {count, number} Neuigkeiten in {workspace}',
  '{count, number} new in {workspace}': '{count, number} neu in {workspace}',
  'Stop this digest': 'Diese Übersicht abbestellen',
  'Choose what you are told of': 'Auswählen, worüber Sie benachrichtigt werden',
  'Open it in Holdfast': 'In Holdfast öffnen',
  'Open the inbox': 'Eingang öffnen',
  'Open value': 'Offener Wert',
  'Open deals': 'Offene Deals',
  'Weighted forecast': 'Gewichtete Prognose',
  'Won value': 'Gewonnener Wert',
  'Won deals': 'Gewonnene Deals',
  'Lost value': 'Verlorener Wert',
  'Lost deals': 'Verlorene Deals',
  'Win rate': 'Abschlussquote',
  'Days to win': 'Tage bis zum Gewinn',
  Conversion: 'Konversion',
  Activity: 'Aktivität',
  Calls: 'Anrufe',
  Meetings: 'Termine',
  'E-mails': 'E-Mails',
  Notes: 'Notizen',
  'Tasks done': 'Erledigte Aufgaben',
  Contacts: 'Kontakte',
  Companies: 'Unternehmen',
  'All together': 'Alle zusammen',
  'By owner': 'Nach Zuständigen',
  'By team': 'Nach Team',
  'By product': 'Nach Produkt',
  'By region': 'Nach Region',
  'By stage': 'Nach Phase',
  '{pipeline}: {stage}': '{pipeline}: {stage}',
  'By period': 'Nach Zeitraum',
  now: 'jetzt',
  'all time': 'gesamte Zeit',
  'Without any': 'Ohne Angabe',
  'nothing yet': 'noch nichts',
  'Not in it, for want of a rate': 'Nicht enthalten, weil ein Kurs fehlt',
  'Set rates of currencies': 'Wechselkurse festlegen',
  'Nothing to count in these days': 'In diesen Tagen gibt es nichts zu zählen',
  'There is nothing on this dashboard yet.': 'Auf diesem Dashboard ist noch nichts.',
  Overview: 'Übersicht',
  'Open the dashboard': 'Dashboard öffnen',
  'Stop sending me this dashboard': 'Dieses Dashboard nicht mehr schicken',
  Figure: 'Kennzahl',
  Of: 'Von',
  Value: 'Wert',
  Currency: 'Währung',
  Records: 'Datensätze',
};
