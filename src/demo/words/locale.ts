/**
 * People, places and firms of one country, in compact lists. An entry in another script than Latin brings its Latin
 * form behind a slash, for addresses: `Олена/olena`. Family names that differ by gender have both forms: `Nowak`,
 * `Kowalski|Kowalska`.
 */
export interface Locale {
  language: string;
  country: string;
  currency: 'EUR' | 'USD' | 'GBP' | 'JPY';
  timeZone: string;
  /** How often it is drawn, beside the others. */
  weight: number;
  men: string;
  women: string;
  families: string;
  /** `City: region`, the region where people write one. */
  cities: string;
  /** With semicolons between; `{n}` is the number. */
  streets: string;
  /** `#` is a digit. */
  postal: string;
  phone: string;
  brands: string;
  /** `word in a firm's name: industry` */
  trades: string;
  /** `{brand}` and `{trade}` with the legal form. */
  firm: string;
  /** What customers write back, in their language. */
  replies: string[];
}
