/** Topics as clients ask for them, on any broker: the controller carries it out, this broker answers once it has heard of it. */
import { millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import type { MetadataCache } from '../cluster/metadataCache.ts';
import type { MetadataPosition } from '../cluster/metadata.ts';
import type { Clock } from '../io/clock.ts';
import type { ControllerRoute } from './controllerRoute.ts';
import type { AlterTopic, CreateTopic } from './topicRequests.ts';
import { describedShape, type TopicShape } from './topicShape.ts';
import type { TopicReference, Topics } from './topics.ts';
