// Original file: millrace/v1/admin.proto


export interface ListReassignmentsRequest {
}

export interface ListReassignmentsRequest__Output {
}
