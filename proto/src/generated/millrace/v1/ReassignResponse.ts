// Original file: millrace/v1/admin.proto


export interface ReassignResponse {
}

export interface ReassignResponse__Output {
}
