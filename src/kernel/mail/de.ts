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
  '{who} made you the owner of several {noun, select, contact {contacts} company {companies} deal {deals} other {tasks}}':
    '{who} hat Ihnen mehrere {noun, select, contact {Kontakte} company {Unternehmen} deal {Deals} other {Aufgaben}} übergeben',
  '{who} changed {what}': '{who} hat {what} geändert',
  '{who} changed several {noun, select, contact {contacts} company {companies} other {deals}} you follow':
    '{who} hat mehrere {noun, select, contact {Kontakte} company {Unternehmen} other {Deals}} geändert, die Sie verfolgen',
  'It is time for the task {what}': 'Zeit für die Aufgabe {what}',
  '{noun, select, import {Your import} export {Your export} other {Your change of many records}} failed':
    '{noun, select, import {Ihr Import} export {Ihr Export} other {Ihre Änderung vieler Datensätze}} ist fehlgeschlagen',
  '{noun, select, import {Your import} export {Your export} other {Your change of many records}} is done':
    '{noun, select, import {Ihr Import} export {Ihr Export} other {Ihre Änderung vieler Datensätze}} ist fertig',
  'Records were found that may be the same': 'Es wurden Datensätze gefunden, die dasselbe meinen könnten',
  'You get this because of your settings in {workspace}. Stop mails of this kind':
    'Sie erhalten dies wegen Ihrer Einstellungen in {workspace}. Solche E-Mails abbestellen',
  'More than {count, number} new in {workspace}': 'Mehr als {count, number} Neuigkeiten in {workspace}',
  '{count, number} new in {workspace}': '{count, number} neu in {workspace}',
  'Stop this digest': 'Diese Übersicht abbestellen',
  'Choose what you are told of': 'Auswählen, worüber Sie benachrichtigt werden',
  'Open it in Holdfast': 'In Holdfast öffnen',
  'Open the inbox': 'Eingang öffnen',
};
