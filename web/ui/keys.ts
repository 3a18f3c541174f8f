/** The key that was pressed, a letter as it is without Caps Lock: with Shift it would be another one. */
export const keyOf = ({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>): string =>
  key.length === 1 && !shiftKey ? key.toLowerCase() : key;

/** With one of these a key is the browser's, as Alt and an arrow go back. */
export const isBrowsers = ({
  altKey,
  ctrlKey,
  metaKey,
}: Pick<KeyboardEvent, 'altKey' | 'ctrlKey' | 'metaKey'>): boolean => altKey || ctrlKey || metaKey;
