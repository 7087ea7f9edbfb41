// Original file: millrace/v1/cluster.proto


export interface WatchMetadataRequest {
  /**
   * Of these topics alone, those that do not exist yet among them; neither names nor ids: of all.
   */
  'topicNames'?: (string)[];
  'topicIds'?: (string)[];
}

export interface WatchMetadataRequest__Output {
  /**
   * Of these topics alone, those that do not exist yet among them; neither names nor ids: of all.
   */
  'topicNames': (string)[];
  'topicIds': (string)[];
}
