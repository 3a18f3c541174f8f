/** What mails about notifications say in German. */
export const germanOfNotifications: Readonly<Record<string, string>> = {
  '{who} mentioned you in a note on {what}': '{who} hat Sie in einer Notiz zu {what} erwähnt',
  '{who} mentioned you on {what}': '{who} hat Sie bei {what} erwähnt',
  '{who} commented on {what}': '{who} hat {what} kommentiert',
  '{who} assigned you the task {what}': '{who} hat Ihnen die Aufgabe {what} gegeben',
  '{who} made you the owner of {what}': '{who} hat Ihnen {what} übergeben',
  '{who} made you the owner of several {types}': '{who} hat Ihnen mehrere {types} übergeben',
  '{who} changed {what}': '{who} hat {what} geändert',
  '{who} changed several {types} you follow': '{who} hat mehrere {types} geändert, die Sie verfolgen',
  'It is time for the task {what}': 'Zeit für die Aufgabe {what}',
  '{noun, select, import {Your import} export {Your export} other {Your bulk change}} failed':
    '{noun, select, import {Ihr Import} export {Ihr Export} other {Ihre Änderung vieler Datensätze}} ist fehlgeschlagen',
  '{noun, select, import {Your import} export {Your export} other {Your bulk change}} is done':
    '{noun, select, import {Ihr Import} export {Ihr Export} other {Ihre Änderung vieler Datensätze}} ist fertig',
  '{count, plural, one {# record} other {# records}} created or updated':
    '{count, plural, one {# Datensatz} other {# Datensätze}} angelegt oder aktualisiert',
  '{count, plural, one {# row} other {# rows}} as {format}':
    '{count, plural, one {# Zeile} other {# Zeilen}} als {format}',
  '{count, plural, one {# {type}} other {# {types}}}': '{count, plural, one {# {type}} other {# {types}}}',
  record: 'Datensatz',
  records: 'Datensätze',
  '{records} tagged or untagged': 'Schlagwörter für {records} geändert',
  '{records} moved to the trash': '{records} in den Papierkorb gelegt',
  '{records} added to a pipeline': '{records} in eine Pipeline gestellt',
  '{records} restored to earlier values': '{records} auf den vorherigen Stand gebracht',
  '{records} changed': '{records} geändert',
  'Your import was reverted': 'Ihr Import wurde zurückgenommen',
  'The webhook {what} was disabled': 'Der Webhook {what} wurde deaktiviert',
  'Possible duplicates were found': 'Mögliche Duplikate wurden gefunden',
  '{who} gave {types} of yours to somebody else': '{who} hat {types} von Ihnen jemand anderem gegeben',
  'You get this because of your settings in {workspace}. Stop mails of this kind':
    'Sie erhalten dies wegen Ihrer Einstellungen in {workspace}. Solche E-Mails abbestellen',
  'More than {count, number} new in {workspace}': 'Mehr als {count, number} Neuigkeiten in {workspace}',
  '{count, number} new in {workspace}': '{count, number} neu in {workspace}',
  'Stop this digest': 'Diese Übersicht abbestellen',
  'Choose what you are notified about': 'Auswählen, worüber Sie benachrichtigt werden',
  'Open it in Holdfast': 'In Holdfast öffnen',
  'Open the inbox': 'Eingang öffnen',
};
