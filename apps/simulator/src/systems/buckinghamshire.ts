import type { SystemShape } from '../system/system.js';

/** About the size of the real county; every patient in it is invented. */
export const buckinghamshire: SystemShape = {
  name: 'buckinghamshire',
  hospitals: {
    'stoke-mandeville': {
      byAmbulance: 78,
      emergency: { walkIns: 226, resus: 6, majors: 29, bays: 4, majorsAnHour: 5.35, minorsAnHour: 7.35, triageAnHour: 15.5 },
      wards: { beds: 452, escalation: 22, electives: 11, criticalCare: 18, stayMinutes: 7000 },
      chairs: 16,
      sameDayHours: [8, 21],
    },
    wycombe: {
      byAmbulance: 36,
      emergency: { walkIns: 88, resus: 4, majors: 14, bays: 2, majorsAnHour: 2.65, minorsAnHour: 2.95, triageAnHour: 7.2 },
      wards: { beds: 176, escalation: 10, electives: 6, criticalCare: 8, stayMinutes: 6000 },
      chairs: 8,
      sameDayHours: [8, 20],
    },
  },
  incidents: 290,
  crews: 22,
  contact: { callsADay: 5300, welsh: 0 },
  community: { teams: 9, virtualPlaces: 120, beds: 84, hospiceBeds: 14, nurses: 64 },
  mentalHealth: { suites: 4, beds: 58 },
  frontDoor: { sites: 2, patients: 230, transportCrews: 11 },
  notes: [
    'Next comm cell 15:00, chair: director on call.',
    'Discharge teams on all wards from 09:00; please book transport before noon.',
    'Second liaison officer at Stoke Mandeville until 20:00.',
    'Wycombe urgent treatment extended to 23:00.',
    'Community beds: two more open from this afternoon.',
  ],
};
