// Original file: millrace/v1/groups.proto


export interface DescribeGroupRequest {
  'group'?: (string);
}

export interface DescribeGroupRequest__Output {
  'group': (string);
}
