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
};
