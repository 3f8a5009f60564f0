import type { ApiBodyOptions } from '@nestjs/swagger';
import { z } from 'zod';

type OpenApiSchema = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

/** A codec of libs/contract as a schema of the OpenAPI document, references resolved in place. */
export function openApi(codec: z.ZodType): OpenApiSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(codec, { target: 'openapi-3.0', io: 'input', reused: 'inline' }) as Record<string, unknown>;
  return schema as OpenApiSchema;
}
