/** Names the build this page belongs to; empty while developing. */
declare const __BUILD__: string;
