/** What is said and written in the story, in both languages. Counts, offices and organisations; never a person. */
import type { Label, ProviderDefinition } from '@comm-cell/board/definition';

const words = (en: string, cy: string): Label => ({ en, cy });

/** One concern from its first word to the library. `metrics`: it is about the first of these metrics that the board shows. */
export interface ConcernTale {
  metrics: readonly string[];
  text: Label;
  containment: Label;
  cause: Label;
  countermeasure: Label;
  action: Label;
  result: Label;
  tags: readonly Label[];
}

export const CONCERNS: readonly ConcernTale[] = [
  {
    metrics: ['ambulance.handover-mean'],
    text: words('Crews wait longest between 17:00 and 21:00', "Criwiau'n aros hiraf rhwng 17:00 a 21:00"),
    containment: words('Liaison officer at the door from 15:00 to 21:00', 'Swyddog cyswllt wrth y drws o 15:00 tan 21:00'),
    cause: words(
      'Cubicles are taken by people who wait for a bed until the evening moves',
      "Mae'r ciwbiclau'n llawn pobl sy'n aros am wely tan symudiadau'r hwyr",
    ),
    countermeasure: words(
      'First moves to the wards before 11:00, from a list agreed the evening before',
      "Symudiadau cyntaf i'r wardiau cyn 11:00, o restr a gytunwyd y noson cynt",
    ),
    action: words('Agree the list of first moves by 19:00 each evening', "Cytuno ar y rhestr o'r symudiadau cyntaf erbyn 19:00 bob nos"),
    result: words('First moves before 11:00 on most days; the evening queue is shorter', "Symudiadau cyn 11:00 y rhan fwyaf o ddyddiau; ciw'r hwyr yn fyrrach"),
    tags: [words('handover', 'trosglwyddo'), words('flow', 'llif')],
  },
  {
    metrics: ['beds.nctr', 'beds.nctr-share'],
    text: words('People fit to go home wait for transport after noon', "Pobl sy'n barod i fynd adref yn aros am gludiant ar ôl hanner dydd"),
    containment: words('Two transport crews held back for discharges from 13:00', "Dau griw cludiant wedi'u cadw at ryddhau o 13:00"),
    cause: words(
      'Transport is booked once the medicines have come, not when the decision is made',
      "Archebir cludiant ar ôl i'r moddion gyrraedd, nid pan wneir y penderfyniad",
    ),
    countermeasure: words(
      'Transport is booked at the board round, with an hour instead of a moment',
      'Archebu cludiant yn y cyfarfod ward, am awr yn lle am funud penodol',
    ),
    action: words('Try booking at the board round on two wards', 'Rhoi cynnig ar archebu yn y cyfarfod ward ar ddwy ward'),
    result: words('Bookings come three hours earlier; both wards keep it', 'Archebion dair awr yn gynt; y ddwy ward yn cadw ato'),
    tags: [words('discharge', 'rhyddhau'), words('transport', 'cludiant')],
  },
  {
    metrics: ['111.abandoned', '111.answer-mean'],
    text: words('Waits grow on weekday evenings from 18:00', "Yr aros yn hwy gyda'r nos o 18:00 yn yr wythnos"),
    containment: words('Two people come forward from the late shift', "Dau o'r sifft hwyr yn dechrau'n gynnar"),
    cause: words('Shifts change at 18:00, when most people ask for help', "Mae'r sifftiau'n newid am 18:00, pan fydd y mwyaf yn gofyn am help"),
    countermeasure: words('Shifts overlap by an hour on Monday to Thursday', "Sifftiau'n gorgyffwrdd am awr o ddydd Llun i ddydd Iau"),
    action: words('Put the overlap into the rota from next week', "Rhoi'r gorgyffwrdd yn y rota o'r wythnos nesaf"),
    result: words('The evening peak is flatter; the rota stays', "Brig y nos yn is; mae'r rota'n aros"),
    tags: [words('rota', 'rota'), words('demand', 'galw')],
  },
  {
    metrics: ['care.home-care-free', 'care.packages-waiting'],
    text: words('Care at home is agreed a day later than it could be', 'Cytunir ar ofal cartref ddiwrnod yn hwyrach nag y gellid'),
    containment: words('Brokers join the board round by telephone', "Broceriaid yn ymuno â'r cyfarfod ward dros y ffôn"),
    cause: words('The request goes out at the end of the day, after the brokers have left', "Anfonir y cais ar ddiwedd y dydd, ar ôl i'r broceriaid fynd"),
    countermeasure: words(
      'Requests go out by 11:00 with the expected day of discharge',
      "Ceisiadau'n mynd allan erbyn 11:00 gyda'r diwrnod rhyddhau disgwyliedig",
    ),
    action: words('Write the expected day of discharge on every request', "Nodi'r diwrnod rhyddhau disgwyliedig ar bob cais"),
    result: words('Most requests are answered the same day', 'Atebir y rhan fwyaf o geisiadau yr un diwrnod'),
    tags: [words('social care', 'gofal cymdeithasol'), words('discharge', 'rhyddhau')],
  },
  {
    metrics: ['beds.occupancy'],
    text: words('Beds are ready an hour after they are empty', "Gwelyau'n barod awr ar ôl gwagio"),
    containment: words('Cleaning teams are called by the flow co-ordinator', "Cydlynydd llif yn galw'r timau glanhau"),
    cause: words('Wards ask for cleaning at the same time, after the midday round', "Wardiau'n gofyn am lanhau ar yr un pryd, ar ôl y rownd ganol dydd"),
    countermeasure: words('Cleaning is planned from the discharge list at 09:00', "Cynllunio glanhau o'r rhestr ryddhau am 09:00"),
    action: words('Send the discharge list to the cleaning desk at 09:00', "Anfon y rhestr ryddhau i'r ddesg lanhau am 09:00"),
    result: words('Beds are ready after half an hour on average', "Gwelyau'n barod ar ôl hanner awr ar gyfartaledd"),
    tags: [words('beds', 'gwelyau'), words('flow', 'llif')],
  },
  {
    metrics: ['ooh.queue', 'ooh.longest-wait'],
    text: words('Weekend nights have one clinician fewer than planned', "Un clinigydd yn llai na'r cynllun ar nosweithiau'r penwythnos"),
    containment: words('The neighbouring base takes calls after midnight', 'Y ganolfan gyfagos yn cymryd galwadau ar ôl hanner nos'),
    cause: words(
      'Weekend shifts are offered four days ahead, when most have plans',
      "Cynigir sifftiau'r penwythnos bedwar diwrnod ymlaen llaw, pan fydd gan y mwyafrif gynlluniau",
    ),
    countermeasure: words('Weekend shifts are offered four weeks ahead', "Cynnig sifftiau'r penwythnos bedair wythnos ymlaen llaw"),
    action: words('Publish the next four weekends', "Cyhoeddi'r pedwar penwythnos nesaf"),
    result: words('Every night of the last weekend was filled', 'Llenwyd pob noson y penwythnos diwethaf'),
    tags: [words('rota', 'rota'), words('out of hours', 'y tu allan i oriau')],
  },
  {
    metrics: ['ed.four-hour'],
    text: words('People wait for tests more than for a bed in the late morning', 'Pobl yn aros am brofion yn fwy nag am wely ddiwedd y bore'),
    containment: words('A second person takes blood between 09:00 and 13:00', 'Ail berson yn cymryd gwaed rhwng 09:00 ac 13:00'),
    cause: words('Samples go to the laboratory together, on the hour', "Samplau'n mynd i'r labordy gyda'i gilydd, ar yr awr"),
    countermeasure: words('A porter takes samples every twenty minutes', 'Porthor yn mynd â samplau bob ugain munud'),
    action: words('Agree the porter round with the laboratory', "Cytuno ar rownd y porthor gyda'r labordy"),
    result: words('Results come half an hour earlier', 'Canlyniadau hanner awr yn gynt'),
    tags: [words('tests', 'profion'), words('flow', 'llif')],
  },
];

/** An off-target measure that needs no concern of its own, and why. */
export const DECLINED = {
  metrics: ['beds.nctr', 'beds.nctr-share'],
  reason: words('Falling since bookings come earlier; looked at again in a week', "Yn gostwng ers i'r archebion ddod yn gynt; edrych eto ymhen wythnos"),
};

/** What a huddle asks somebody to do, and what came of it. */
export const ERRANDS: readonly { kind: ProviderDefinition['kind']; what: Label; result: Label }[] = [
  {
    kind: 'acute',
    what: words('Name the people for the discharge lounge by 10:00', "Enwi'r rhai i'r lolfa ryddhau erbyn 10:00"),
    result: words('Lounge in use from 10:15', 'Y lolfa ar waith o 10:15'),
  },
  {
    kind: 'community',
    what: words('Ring every ward for people who could go to a virtual ward', 'Ffonio pob ward am bobl a allai fynd i ward rithwir'),
    result: words('Five places taken', "Pum lle wedi'u llenwi"),
  },
  {
    kind: 'ambulance',
    what: words('Second liaison officer until 20:00', 'Ail swyddog cyswllt tan 20:00'),
    result: words('In place until 20:00', 'Yno tan 20:00'),
  },
  {
    kind: 'council',
    what: words('Confirm which care homes are open again', 'Cadarnhau pa gartrefi gofal sydd ar agor eto'),
    result: words('Two open, one from tomorrow', 'Dau ar agor, un o yfory'),
  },
  {
    kind: 'out-of-hours',
    what: words('Fill the late shift on Saturday', "Llenwi'r sifft hwyr ddydd Sadwrn"),
    result: words('Shift filled', "Sifft wedi'i llenwi"),
  },
  {
    kind: 'hospice',
    what: words('Tell the wards how many places are free this week', "Dweud wrth y wardiau faint o leoedd sy'n rhydd yr wythnos hon"),
    result: words('Wards know; one place taken', "Y wardiau'n gwybod; un lle wedi'i lenwi"),
  },
  {
    kind: 'primary-care',
    what: words('Open ten more same-day appointments', 'Agor deg apwyntiad arall ar yr un diwrnod'),
    result: words('Ten opened, all booked', "Deg wedi'u hagor, pob un wedi'i archebu"),
  },
  {
    kind: 'coordination',
    what: words('Put the transport plan for the weekend together', "Llunio'r cynllun cludiant am y penwythnos"),
    result: words('Plan sent to all', "Cynllun wedi'i anfon at bawb"),
  },
  {
    kind: 'acute',
    what: words('Check why medicines to take home come late', 'Gweld pam mae moddion i fynd adref yn hwyr'),
    result: words('Pharmacy joins the morning round', "Y fferyllfa'n ymuno â'r rownd foreol"),
  },
];

/** Raised from an alert, by what its figure begins with. */
export const ANSWERS: Readonly<Record<string, { what: Label; result: Label }>> = {
  'ambulance.': {
    what: words('Free two cubicles for the crews that wait', "Rhyddhau dau giwbicl i'r criwiau sy'n aros"),
    result: words('Two crews released', "Dau griw wedi'u rhyddhau"),
  },
  'ed.': {
    what: words('Senior review of everyone over eight hours', 'Adolygiad uwch o bawb dros wyth awr'),
    result: words('Reviewed; four moved on', "Wedi'u hadolygu; pedwar wedi symud"),
  },
  'beds.': {
    what: words('Open the escalation beds that are staffed', 'Agor y gwelyau uwchgyfeirio sydd â staff'),
    result: words('Six beds open', 'Chwe gwely ar agor'),
  },
  '111.': {
    what: words('Bring the break rota forward and call people in', 'Symud yr egwyliau a galw staff i mewn'),
    result: words('Three people more until 21:00', 'Tri arall tan 21:00'),
  },
  'ooh.': {
    what: words('Ask the neighbouring base to take calls', "Gofyn i'r ganolfan gyfagos gymryd galwadau"),
    result: words('They take every third call', 'Maent yn cymryd pob trydedd alwad'),
  },
  'ucr.': {
    what: words('Move a team from planned visits to urgent ones', 'Symud tîm o ymweliadau a drefnwyd i rai brys'),
    result: words('One team moved until the evening', 'Un tîm wedi symud tan y nos'),
  },
  'community.': {
    what: words('Ready the beds that wait for cleaning', "Paratoi'r gwelyau sy'n aros am lanhau"),
    result: words('Three beds ready', 'Tri gwely yn barod'),
  },
  'discharge.': {
    what: words('Walk the wards with the discharge team', "Cerdded y wardiau gyda'r tîm rhyddhau"),
    result: words('Eight people leave today', 'Wyth yn gadael heddiw'),
  },
};
export const HALF_WAY = [
  words('Under way; the rest by the time agreed', 'Ar y gweill; y gweddill erbyn yr amser a gytunwyd'),
  words('Half of it is done', "Mae'r hanner wedi'i wneud"),
  words('Spoken to everybody; waiting for one answer', 'Wedi siarad â phawb; yn aros am un ateb'),
];
export const CANNOT = words('Nobody free to do it before the next round', "Neb yn rhydd i'w wneud cyn y rownd nesaf");
export const HANDED_OVER = words('Needs a decision across departments', 'Angen penderfyniad ar draws adrannau');

export const LEVEL_REASONS = {
  up: words('Worked-out level has risen and the pressure is expected to last', "Mae'r lefel a gyfrifwyd wedi codi a disgwylir i'r pwysau barhau"),
  down: words('Pressure has eased and held', "Mae'r pwysau wedi lleddfu ac wedi aros felly"),
  same: words('Reviewed at the round; unchanged', 'Adolygwyd yn y rownd; dim newid'),
} as const;

export const OFFER = {
  what: words('urgent visits this afternoon', 'ymweliadau brys y prynhawn yma'),
  claim: words('For people waiting to go home', "I bobl sy'n aros i fynd adref"),
};

export const DECISIONS = [
  words('Planned operations go ahead; looked at again at 15:00', "Llawdriniaethau'n mynd rhagddynt; adolygu am 15:00"),
  words('Crews go to the smaller site for minor injuries until 18:00', "Criwiau i'r safle llai â mân anafiadau tan 18:00"),
  words('No further escalation; the next look is at 13:00', 'Dim uwchgyfeirio pellach; golwg nesaf am 13:00'),
  words('Weekend discharge teams stay on through Monday', "Timau rhyddhau'r penwythnos yn aros tan ddydd Llun"),
  words('Urgent treatment stays open until 23:00', 'Gofal brys ar agor tan 23:00'),
];
export const RESOURCES = [
  {
    text: words('Nurses from planned care to the emergency department', "Nyrsys o ofal a gynlluniwyd i'r adran achosion brys"),
    amount: words('2 nurses', '2 nyrs'),
  },
  { text: words('Transport crew for discharges', 'Criw cludiant ar gyfer rhyddhau'), amount: words('1 crew', '1 criw') },
  { text: words('Therapist for the assessment area', "Therapydd i'r ardal asesu"), amount: words('1 therapist', '1 therapydd') },
];
export const NOTES = [
  words('Snow is possible on high ground tomorrow night', "Eira'n bosibl ar dir uchel nos yfory"),
  words('Norovirus on one ward; four beds closed', 'Norofeirws ar un ward; pedwar gwely ar gau'),
  words('Schools are back; fewer children than last week', "Ysgolion wedi ailagor; llai o blant na'r wythnos ddiwethaf"),
  words('A football match tomorrow; extra crews from 16:00', 'Gêm bêl-droed yfory; criwiau ychwanegol o 16:00'),
];
export const WENT_WELL = [
  words('The overnight team emptied the waiting room before seven', 'Gwagiodd tîm y nos yr ystafell aros cyn saith'),
  words('Every ward had its first discharge before eleven', "Pob ward â'i rhyddhau cyntaf cyn un ar ddeg"),
  words('Community teams answered every request within two hours', 'Atebodd y timau cymunedol bob cais o fewn dwy awr'),
];
export const DEPUTY = words('Deputy', 'Dirprwy');

/** From the proposal to what became of it; `days` after the story's beginning. */
export const IDEAS: readonly { days: number; text: Label; answer?: { accepted: boolean; text: Label }; trial?: Label; done?: Label }[] = [
  {
    days: 1,
    text: words('A screen in the ambulance bay that shows which cubicle is next', "Sgrin ym mae'r ambiwlansys yn dangos y ciwbicl nesaf"),
    answer: { accepted: true, text: words('Yes: the duty manager tries it with a tablet', 'Ie: y rheolwr ar ddyletswydd i roi cynnig arni â llechen') },
    trial: words('Tablet in the bay since this morning', 'Llechen yn y bae ers y bore'),
    done: words('Crews like it; a fixed screen is ordered', "Mae'r criwiau'n ei hoffi; archebwyd sgrin sefydlog"),
  },
  {
    days: 3,
    text: words('Hold the huddle twice a day', 'Cynnal y cyfarfod ddwywaith y dydd'),
    answer: {
      accepted: false,
      text: words('Not now: the afternoon call covers it. Looked at again in spring', 'Nid nawr: mae galwad y prynhawn yn ei gwmpasu. Edrych eto yn y gwanwyn'),
    },
  },
  {
    days: 6,
    text: words('Ask for take-home medicines the evening before', 'Gofyn am foddion i fynd adref y noson cynt'),
    answer: { accepted: true, text: words('Yes: two wards begin on Monday', 'Ie: dwy ward yn dechrau ddydd Llun') },
    trial: words('Two wards have begun', 'Dwy ward wedi dechrau'),
  },
  { days: 12, text: words('One telephone number for all community teams', 'Un rhif ffôn i bob tîm cymunedol') },
];

export const CHARTER = words(
  'We look at the same figures at the same time. We come on time, or send a deputy who may decide. Each of us says what we need and what we can spare. What we promise has an owner and a moment. We ask why before we ask who. We say when our figures are wrong.',
  "Edrychwn ar yr un ffigurau ar yr un pryd. Deuwn yn brydlon, neu anfonwn ddirprwy a gaiff benderfynu. Mae pob un ohonom yn dweud beth sydd ei angen arnom a beth y gallwn ei roi. Mae gan bob addewid berchennog ac amser. Gofynnwn pam cyn gofyn pwy. Dywedwn pan fydd ein ffigurau'n anghywir.",
);
export const REVIEWS = [
  { onTrack: 'cannot-tell', note: words('Too early to say; looked at again in three days', 'Rhy gynnar i ddweud; edrych eto ymhen tridiau') },
  { onTrack: 'no', note: words('Evenings still pull it down', "Mae'r nosweithiau'n dal i'w dynnu i lawr") },
] as const;

export const MAINTENANCE = words('Planned upgrade of the reporting system', "Uwchraddio'r system adrodd yn ôl y cynllun");
export const OUTAGE_NOTED = words(
  'Figures missing from here on: a network change, mended at noon',
  "Ffigurau ar goll o'r fan hon: newid rhwydwaith, wedi'i drwsio erbyn hanner dydd",
);
