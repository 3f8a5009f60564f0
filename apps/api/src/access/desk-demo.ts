import type { INestApplicationContext } from '@nestjs/common';
import type { BoardId } from '@comm-cell/board/definition';
import type { Role } from '@comm-cell/contract/desk';
import { People } from './people.js';

/** Offices, not persons: nobody is invented, and the journal of a demo names whoever plays them. */
const OFFICES: readonly { id: string; name: string; role: Role }[] = [
  { id: 'demo-duty-manager', name: 'Duty manager', role: 'duty' },
  { id: 'demo-site-manager', name: 'Site manager', role: 'coordinator' },
  { id: 'demo-system-lead', name: 'System lead', role: 'coordinator' },
  { id: 'demo-administrator', name: 'Administrator', role: 'administrator' },
  { id: 'demo-auditor', name: 'Auditor', role: 'auditor' },
];

/** Four people for a demo, on all its boards. They sign in by name, on loopback only. */
export async function seedDemoPeople(app: INestApplicationContext, boards: readonly BoardId[]): Promise<{ person: string; name: string; role: Role }[]> {
  await app.get(People).seedDemo(
    boards,
    OFFICES.map((office) => ({ ...office, providers: null })),
  );
  return OFFICES.map(({ id, name, role }) => ({ person: id, name, role }));
}
