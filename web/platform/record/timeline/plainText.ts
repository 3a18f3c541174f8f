/** What somebody wrote, without its form: for one line. A block parts words, as a space does. */
export function plainText(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const block of body.querySelectorAll('p, br, h1, h2, h3, pre, blockquote, li, hr')) block.before(' ');
  return (body.textContent ?? '').replace(/\s+/g, ' ').trim();
}
