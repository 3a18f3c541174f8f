/** Data as people have it: long, short, from right to left, and none. */
export const person = 'Noor Haddad';
export const long_name =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH & Co. KG';
export const rtl_name = 'شركة النور للتجارة والمقاولات';

export const choices = [
  { id: '1', name: 'Ölmühle am Rhein', detail: 'Köln' },
  { id: '2', name: rtl_name, detail: null },
  { id: '3', name: long_name, detail: 'Wien' },
];

export const options = [
  { value: 'low', label: 'Low' },
  { value: 'high', label: 'High' },
  { value: 'long', label: long_name },
];

export interface SampleRow {
  id: string;
  name: string;
  city: string | null;
  amount: string;
}

export const rows: SampleRow[] = [
  { id: '1', name: 'Ölmühle am Rhein', city: 'Köln', amount: '1250.50' },
  { id: '2', name: rtl_name, city: null, amount: '0.00' },
  { id: '3', name: long_name, city: 'Wien', amount: '98765432.10' },
];
