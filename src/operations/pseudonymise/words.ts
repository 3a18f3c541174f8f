/** What stands in a copy in place of what people wrote. Written for this purpose: none of it is anybody's. */

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

export const givenNames = list(`
  Alma Anton Arne Aurel Bela Benno Berta Carl Celia Clara Cosmo Dana Dario Edda Elio Elsa Emil Enno Erik Esra Fabia Felix Fenja Flora Frida
  Gero Greta Hanno Hedda Helga Ida Ilka Ines Ivo Jana Jaron Jonas Juna Kai Karla Kira Lasse Lea Leon Lina Lotte Luca Malin Mara Matti Mila
  Mina Nico Nils Nora Ole Oskar Paul Pia Quirin Rosa Ruben Runa Selma Silas Sven Tara Theo Tilda Tom Ulla Veit Vera Wanda Willi Xenia Yara
  Yuri Zora`);

const familyBegins = list(`
  Ahl Alt Ber Birk Bran Buch Dahl Dorn Eich Eller Erl Falk Feld Fink Forst Gar Grau Grün Hag Hasel Heid Hell Hoch Holl Im Jar Kal Kamp Kers
  Klar Kron Lang Lauter Lind Loh Mar Mer Mohr Neu Nord Ober Ost Quell Rap Reb Ried Roth Sand Schön Seel Sommer Stein Strand Tann Thal Ulm
  Unter Vor Wal Weid West Wind Winter Zell`);
const familyEnds = list(`
  ach acker au bach baum beck berg blum brink bruch bühl burg dorf eck feld fels fort garten graben hain hart haus heim hof holz horst kamp
  kirch kron lage land leit lund mann mark mühl ner rain reich ried rode sand schlag see stedt stein stern stett strom tal thal wald wang
  wart weg weiler werth wiek wind winkel zell`);
export const familyNames: readonly string[] = familyBegins.flatMap((begin) => familyEnds.map((end) => begin + end));

export const words = list(`
  amber anchor apple arbour arrow aspen autumn barley basin beacon birch bramble breeze bridge brook canyon cedar chalk cliff clover cobalt
  copper coral cotton creek crown crystal dawn delta dune eagle ember estuary falcon fern field flint forest fountain garnet glacier granite
  grove harbour hazel heron hollow indigo island ivory jasper juniper kestrel lagoon lantern larch laurel linden lotus maple marble meadow
  mesa mill mist mosaic moss oak ocean olive onyx orbit orchard osprey pebble pine plateau pond poplar prairie quarry quartz raven reed
  ridge river robin saffron sage shore silver slate spruce stone summit sycamore terrace thistle timber topaz trail valley vista walnut
  water willow winter zephyr`);

export const prose = list(`
  about after again all along also and any are as at be before between both but by can could day each early end ever few find first for
  from further give good group half have here how if in into just keep kind last late less let like line little long made make many may
  more most much near next no not note now of off often on once one only open or other our out over own part place plan point quite rather
  right same see set several shall short side since small so some still such take than that the then there these they this through time to
  together too under until up use very way we well were what when where which while will with without work yet`);

export const companyForms = list('Ltd GmbH Inc Partners Group');
export const jobTitles: readonly string[] = [
  'Account manager',
  'Accountant',
  'Architect',
  'Assistant',
  'Buyer',
  'Consultant',
  'Controller',
  'Designer',
  'Developer',
  'Director',
  'Engineer',
  'Head of operations',
  'Head of purchasing',
  'Head of sales',
  'Lawyer',
  'Managing director',
  'Marketing manager',
  'Planner',
  'Product manager',
  'Project manager',
  'Quality manager',
  'Secretary',
  'Technician',
  'Trainer',
];
export const streets = list(
  'Birch Brook Canal Castle Church Field Garden Green High Hill Lake Market Mill New North Park River School Station Tower',
);
export const towns = list(`
  Ahlstedt Birkenau Brookford Canalside Dornfels Eastmere Fenwick Grünhain Harbourton Ilmried Kaltenbeck Lindau Millbrook Northam Oberthal
  Pinehurst Quellwang Rosenhof Steinbrink Tannsee Uferstadt Valeport Westhaven Zellhorst`);
