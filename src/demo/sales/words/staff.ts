import type { DemoPerson } from '../../demo.ts';

export const workspace = {
  name: 'demo',
  title: 'Fernhollow Instruments',
  currency: 'EUR',
  domain: 'fernhollow.example',
};

export const teams = [
  { name: 'Central Europe', region: 'Europe' },
  { name: 'Atlantic', region: 'Americas, UK and Iberia' },
  { name: 'Asia Pacific', region: 'Middle East and Asia' },
  { name: 'Service & renewals', region: null },
];

/** The people who work with the demo workspace. */
export const staff: DemoPerson[] = [
  {
    name: 'Miriam Okafor',
    email: 'miriam.okafor',
    role: 'manager',
    teams: ['Central Europe', 'Service & renewals'],
    leads: 'Central Europe',
  },
  {
    name: 'Jonas Lindqvist',
    email: 'jonas.lindqvist',
    role: 'member',
    teams: ['Central Europe'],
    languages: ['German', 'Swedish', 'Dutch'],
  },
  {
    name: 'Zofia Wiśniewska',
    email: 'zofia.wisniewska',
    role: 'member',
    teams: ['Central Europe'],
    languages: ['Polish', 'Czech', 'Ukrainian', 'Bulgarian'],
  },
  {
    name: 'Ελένη Παπαδάκη',
    email: 'eleni.papadaki',
    role: 'member',
    teams: ['Central Europe'],
    languages: ['Greek', 'Turkish', 'Italian'],
  },
  {
    name: 'Daniel Byrne',
    email: 'daniel.byrne',
    role: 'manager',
    teams: ['Atlantic'],
    leads: 'Atlantic',
    languages: ['English'],
  },
  {
    name: 'Léa Fontaine',
    email: 'lea.fontaine',
    role: 'member',
    teams: ['Atlantic'],
    languages: ['French', 'Spanish', 'Portuguese'],
  },
  { name: 'Grace Whitfield', email: 'grace.whitfield', role: 'member', teams: ['Atlantic'], languages: ['English'] },
  {
    name: '佐藤美咲',
    email: 'misaki.sato',
    role: 'manager',
    teams: ['Asia Pacific'],
    leads: 'Asia Pacific',
    languages: ['Japanese', 'Korean'],
  },
  {
    name: 'Priya Raman',
    email: 'priya.raman',
    role: 'member',
    teams: ['Asia Pacific'],
    languages: ['Hindi', 'Thai', 'Vietnamese', 'Chinese'],
  },
  {
    name: 'كريم حداد',
    email: 'karim.haddad',
    role: 'member',
    teams: ['Asia Pacific'],
    languages: ['Arabic', 'Hebrew'],
  },
  {
    name: 'Thabo Nkosi',
    email: 'thabo.nkosi',
    role: 'member',
    teams: ['Service & renewals'],
    leads: 'Service & renewals',
  },
  { name: 'Anja Petersen', email: 'anja.petersen', role: 'advisor', teams: ['Service & renewals'] },
  { name: 'Viktor Hale', email: 'viktor.hale', role: 'viewer', teams: [], invited: true },
];
