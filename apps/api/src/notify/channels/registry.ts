import type { Outbound } from '../outbound.js';
import type { NotifySettings } from '../settings.js';
import type { Channel } from './channel.js';
import { email } from './email/channel.js';
import { push } from './push/channel.js';
import { teams } from './teams/channel.js';
import { text } from './text/channel.js';
import { webhook } from './webhook/channel.js';

export type Channels = Readonly<Record<string, Channel>>;

/** A new kind of channel is one folder and one line here. */
export function channels(settings: NotifySettings, outbound: Outbound): Channels {
  return {
    email: email(settings),
    webhook: webhook(outbound),
    teams: teams(outbound),
    text: text(settings),
    push: push(settings, outbound),
  };
}
