import type { SystemShape } from '../system/system.js';

/** A health board that does not exist: a main hospital, a smaller one, valleys in between. */
export const cwmDerwen: SystemShape = {
  name: 'cwm-derwen',
  hospitals: {
    'ysbyty-derwen': {
      byAmbulance: 70,
      emergency: { walkIns: 190, resus: 6, majors: 27, bays: 4, majorsAnHour: 4.8, minorsAnHour: 5.85, triageAnHour: 13.5 },
      wards: { beds: 430, escalation: 20, electives: 20, criticalCare: 16, stayMinutes: 6300 },
      chairs: 15,
      sameDayHours: [8, 20],
    },
    'ysbyty-glan-nant': {
      byAmbulance: 32,
      emergency: { walkIns: 84, resus: 4, majors: 13, bays: 2, majorsAnHour: 2.5, minorsAnHour: 2.75, triageAnHour: 6.3 },
      wards: { beds: 168, escalation: 10, electives: 9, criticalCare: 7, stayMinutes: 5500 },
      chairs: 7,
      sameDayHours: [9, 18],
    },
  },
  incidents: 255,
  crews: 24,
  contact: { callsADay: 3300, welsh: 0.11 },
  community: { teams: 8, virtualPlaces: 80, beds: 80, hospiceBeds: 12, nurses: 62 },
  mentalHealth: { suites: 4, beds: 50 },
  frontDoor: { sites: 1, patients: 170, transportCrews: 12 },
  notes: [
    'Cyfarfod nesaf y gell am 15:00; cadeirydd: cyfarwyddwr ar alwad.',
    'Next comm cell 15:00, chair: director on call.',
    'Timau rhyddhau ar bob ward o 09:00; trefnwch gludiant cyn hanner dydd.',
    'Snow expected on high ground tonight; community teams to plan visits early.',
    'Dau wely cymunedol arall ar agor o heno ymlaen.',
  ],
};
