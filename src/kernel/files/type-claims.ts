import { supportedExtensions, supportedMimeTypes } from 'file-type';
import { plainText, type SniffedType, unknownType } from './sniff.ts';

const known = { mimes: supportedMimeTypes as ReadonlySet<string>, exts: supportedExtensions as ReadonlySet<string> };

/** The type and name that the sender gives a file. */
export interface TypeClaims {
  declaredType?: string | undefined;
  fileName?: string | undefined;
}

interface Names {
  mimes: readonly string[];
  exts: readonly string[];
}

const words = (text: string) => text.split(' ');

const textNames: Names = {
  mimes: words(
    'application/csv application/json application/xml application/javascript application/yaml application/rtf application/x-ndjson application/sql message/rfc822 application/vnd.ms-excel',
  ), // The last is what Windows declares CSV files to be.
  exts: words(
    'txt csv tsv tab md json jsonl ndjson xml xsd xsl yaml yml log ini conf toml sql css js ts eml ics ical vcf vcard rtf tex srt',
  ),
};

/** Other names of a recognised type. */
const alsoCalled: Record<string, Names> = {
  'image/jpeg': { mimes: words('image/jpg image/pjpeg'), exts: words('jpeg jpe jfif') },
  'image/png': { mimes: words('image/x-png image/apng'), exts: words('apng') },
  'image/apng': { mimes: words('image/png'), exts: words('png') },
  'image/tiff': { mimes: [], exts: words('tiff') },
  'image/bmp': { mimes: words('image/x-ms-bmp image/x-bmp'), exts: words('dib') },
  'image/x-icon': { mimes: words('image/vnd.microsoft.icon'), exts: [] },
  'image/heic': { mimes: words('image/heif'), exts: words('heif') },
  'image/heif': { mimes: words('image/heic'), exts: words('heic') },
  'text/html': { mimes: words('application/xhtml+xml'), exts: words('htm xhtml') },
  'application/pdf': { mimes: words('application/x-pdf'), exts: [] },
  'application/rtf': { mimes: words('text/rtf'), exts: [] },
  'application/gzip': { mimes: words('application/x-gzip'), exts: words('tgz') },
  'application/x-rar-compressed': { mimes: words('application/vnd.rar'), exts: [] },
  // Office documents whose parts come too late to tell them apart.
  'application/zip': {
    mimes: words(
      'application/x-zip-compressed application/epub+zip application/vnd.openxmlformats-officedocument.wordprocessingml.document application/vnd.openxmlformats-officedocument.spreadsheetml.sheet application/vnd.openxmlformats-officedocument.presentationml.presentation application/vnd.oasis.opendocument.text application/vnd.oasis.opendocument.spreadsheet application/vnd.oasis.opendocument.presentation',
    ),
    exts: words('docx xlsx pptx odt ods odp epub kmz pages numbers key'),
  },
  // The container format of Office before 2007 and of Outlook's messages.
  'application/x-cfb': {
    mimes: words(
      'application/msword application/vnd.ms-excel application/vnd.ms-powerpoint application/vnd.ms-outlook application/vnd.visio',
    ),
    exts: words('doc dot xls xlt ppt pps msg vsd pub'),
  },
};

/** Formats that are always recognised, so that unrecognised bytes contradict the claim. */
const unmistakable: Names = {
  mimes: words(
    'image/jpeg image/jpg image/png image/gif image/webp image/bmp image/tiff image/svg+xml text/html application/pdf application/zip application/gzip',
  ).concat(alsoCalled['application/zip']!.mimes),
  exts: words('jpg jpeg png gif webp bmp tif tiff svg html htm pdf zip docx xlsx pptx odt ods odp gz 7z rar'),
};

const mediaExtensions = words(
  'mp3 mp4 m4a m4v mov webm mkv mka ogg oga ogv opus wav avi mpg mpeg flac aac wma wmv asf 3gp aif aiff',
);

/**
 * A message for the sender about how the bytes contradict the declared type or the extension; undefined when they do
 * not.
 */
export function contradiction(sniffed: SniffedType, { declaredType, fileName }: TypeClaims): string | undefined {
  const mime = declaredMime(declaredType);
  const ext = extensionOf(fileName);
  if (mime && beliesMime(sniffed, mime))
    return `The file is declared as ${mime}, but its content is ${wordsFor(sniffed)}`;
  if (ext && beliesExtension(sniffed, ext))
    return `The file name ends in .${ext}, but its content is ${wordsFor(sniffed)}`;
  return undefined;
}

/** The type to store and serve: by the bytes; for text, which has many types and no signatures, as declared. */
export function trustedType(sniffed: SniffedType, declaredType: string | undefined): string {
  const mime = declaredMime(declaredType);
  return sniffed.mime === plainText.mime && mime && isTextMime(mime) && mime !== 'text/html' ? mime : sniffed.mime;
}

function beliesMime(sniffed: SniffedType, mime: string): boolean {
  if (mime === sniffed.mime || alsoCalled[sniffed.mime]?.mimes.includes(mime)) return false;
  if (isText(sniffed)) return !isTextMime(mime) && known.mimes.has(mime);
  if (isMedia(sniffed) && /^(?:audio|video)\//.test(mime)) return false;
  if (isTextMime(mime) || unmistakable.mimes.includes(mime)) return true;
  return sniffed.mime !== unknownType.mime && known.mimes.has(mime);
}

function beliesExtension(sniffed: SniffedType, ext: string): boolean {
  if (ext === sniffed.ext || alsoCalled[sniffed.mime]?.exts.includes(ext)) return false;
  if (isText(sniffed)) return !textNames.exts.includes(ext) && (ext === 'svg' || known.exts.has(ext));
  if (isMedia(sniffed) && mediaExtensions.includes(ext)) return false;
  if (textNames.exts.includes(ext) || unmistakable.exts.includes(ext)) return true;
  return sniffed.mime !== unknownType.mime && known.exts.has(ext);
}

function isText({ mime }: SniffedType): boolean {
  return mime !== 'text/html' && isTextMime(mime);
}

function isTextMime(mime: string): boolean {
  return mime.startsWith('text/') || mime.endsWith('+json') || textNames.mimes.includes(mime);
}

function isMedia({ mime }: SniffedType): boolean {
  return /^(?:audio|video)\//.test(mime);
}

/** A type that stands for any bytes claims nothing. */
function declaredMime(declaredType: string | undefined): string | undefined {
  const mime = declaredType?.split(';')[0]?.trim().toLowerCase();
  return mime && /^[a-z]+\/[a-z0-9.+-]+$/.test(mime) && mime !== unknownType.mime ? mime : undefined;
}

function extensionOf(fileName: string | undefined): string | undefined {
  return /\.([a-z0-9]{1,12})$/i.exec(fileName ?? '')?.[1]?.toLowerCase();
}

function wordsFor({ mime }: SniffedType): string {
  if (mime === unknownType.mime) return 'of no known format';
  return mime === plainText.mime ? 'plain text' : mime;
}
