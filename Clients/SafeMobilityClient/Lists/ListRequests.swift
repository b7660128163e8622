public import RPCCore
public import SafeMobilityAPI

// Every List method of the contract, a line for the request and one for the page.

extension SafeMobility.ListIntakeWindowsRequest: ListRequest {
  /// See ``SafeMobility/ListIntakeWindowsResponse``.
  public typealias Page = SafeMobility.ListIntakeWindowsResponse
  /// ProgramService/ListIntakeWindows.
  public static var method: MethodDescriptor {
    SafeMobility.ProgramServiceMethods.listIntakeWindows
  }
}

extension SafeMobility.ListIntakeWindowsResponse: ListPage {
  /// The `intake_windows`.
  public var items: [SafeMobility.IntakeWindow] { intakeWindows }
}

extension SafeMobility.ListEligibilityRulesRequest: ListRequest {
  /// See ``SafeMobility/ListEligibilityRulesResponse``.
  public typealias Page = SafeMobility.ListEligibilityRulesResponse
  /// ProgramService/ListEligibilityRules.
  public static var method: MethodDescriptor {
    SafeMobility.ProgramServiceMethods.listEligibilityRules
  }
}

extension SafeMobility.ListEligibilityRulesResponse: ListPage {
  /// The `eligibility_rules`.
  public var items: [SafeMobility.EligibilityRule] { eligibilityRules }
}

extension SafeMobility.ListOfficesRequest: ListRequest {
  /// See ``SafeMobility/ListOfficesResponse``.
  public typealias Page = SafeMobility.ListOfficesResponse
  /// OfficeService/ListOffices.
  public static var method: MethodDescriptor { SafeMobility.OfficeServiceMethods.listOffices }
}

extension SafeMobility.ListOfficesResponse: ListPage {
  /// The `offices`.
  public var items: [SafeMobility.Office] { offices }
}

extension SafeMobility.ListServicesRequest: ListRequest {
  /// See ``SafeMobility/ListServicesResponse``.
  public typealias Page = SafeMobility.ListServicesResponse
  /// OfficeService/ListServices.
  public static var method: MethodDescriptor { SafeMobility.OfficeServiceMethods.listServices }
}

extension SafeMobility.ListServicesResponse: ListPage {
  /// The `services`.
  public var items: [SafeMobility.Service] { services }
}

extension SafeMobility.ListSchedulesRequest: ListRequest {
  /// See ``SafeMobility/ListSchedulesResponse``.
  public typealias Page = SafeMobility.ListSchedulesResponse
  /// OfficeService/ListSchedules.
  public static var method: MethodDescriptor { SafeMobility.OfficeServiceMethods.listSchedules }
}

extension SafeMobility.ListSchedulesResponse: ListPage {
  /// The `schedules`.
  public var items: [SafeMobility.Schedule] { schedules }
}

extension SafeMobility.ListSlotsRequest: ListRequest {
  /// See ``SafeMobility/ListSlotsResponse``.
  public typealias Page = SafeMobility.ListSlotsResponse
  /// OfficeService/ListSlots.
  public static var method: MethodDescriptor { SafeMobility.OfficeServiceMethods.listSlots }
}

extension SafeMobility.ListSlotsResponse: ListPage {
  /// The `slots`.
  public var items: [SafeMobility.Slot] { slots }
}

extension SafeMobility.ListRegistrationsRequest: ListRequest {
  /// See ``SafeMobility/ListRegistrationsResponse``.
  public typealias Page = SafeMobility.ListRegistrationsResponse
  /// ApplicantService/ListRegistrations.
  public static var method: MethodDescriptor {
    SafeMobility.ApplicantServiceMethods.listRegistrations
  }
}

extension SafeMobility.ListRegistrationsResponse: ListPage {
  /// The `registrations`.
  public var items: [SafeMobility.Registration] { registrations }
}

extension SafeMobility.ListConsentsRequest: ListRequest {
  /// See ``SafeMobility/ListConsentsResponse``.
  public typealias Page = SafeMobility.ListConsentsResponse
  /// ApplicantService/ListConsents.
  public static var method: MethodDescriptor { SafeMobility.ApplicantServiceMethods.listConsents }
}

extension SafeMobility.ListConsentsResponse: ListPage {
  /// The `consents`.
  public var items: [SafeMobility.Consent] { consents }
}

extension SafeMobility.ListDuplicateCandidatesRequest: ListRequest {
  /// See ``SafeMobility/ListDuplicateCandidatesResponse``.
  public typealias Page = SafeMobility.ListDuplicateCandidatesResponse
  /// ApplicantService/ListDuplicateCandidates.
  public static var method: MethodDescriptor {
    SafeMobility.ApplicantServiceMethods.listDuplicateCandidates
  }
}

extension SafeMobility.ListDuplicateCandidatesResponse: ListPage {
  /// The `duplicate_candidates`.
  public var items: [SafeMobility.DuplicateCandidate] { duplicateCandidates }
}

extension SafeMobility.ListDisclosuresRequest: ListRequest {
  /// See ``SafeMobility/ListDisclosuresResponse``.
  public typealias Page = SafeMobility.ListDisclosuresResponse
  /// ApplicantService/ListDisclosures.
  public static var method: MethodDescriptor {
    SafeMobility.ApplicantServiceMethods.listDisclosures
  }
}

extension SafeMobility.ListDisclosuresResponse: ListPage {
  /// The `disclosures`.
  public var items: [SafeMobility.Disclosure] { disclosures }
}

extension SafeMobility.ListAppointmentsRequest: ListRequest {
  /// See ``SafeMobility/ListAppointmentsResponse``.
  public typealias Page = SafeMobility.ListAppointmentsResponse
  /// AppointmentService/ListAppointments.
  public static var method: MethodDescriptor {
    SafeMobility.AppointmentServiceMethods.listAppointments
  }
}

extension SafeMobility.ListAppointmentsResponse: ListPage {
  /// The `appointments`.
  public var items: [SafeMobility.Appointment] { appointments }
}

extension SafeMobility.ListWaitlistRequest: ListRequest {
  /// See ``SafeMobility/ListWaitlistResponse``.
  public typealias Page = SafeMobility.ListWaitlistResponse
  /// AppointmentService/ListWaitlist.
  public static var method: MethodDescriptor { SafeMobility.AppointmentServiceMethods.listWaitlist }
}

extension SafeMobility.ListWaitlistResponse: ListPage {
  /// The `waitlist_entries`.
  public var items: [SafeMobility.WaitlistEntry] { waitlistEntries }
}

extension SafeMobility.ListPathwaysRequest: ListRequest {
  /// See ``SafeMobility/ListPathwaysResponse``.
  public typealias Page = SafeMobility.ListPathwaysResponse
  /// ReferralService/ListPathways.
  public static var method: MethodDescriptor { SafeMobility.ReferralServiceMethods.listPathways }
}

extension SafeMobility.ListPathwaysResponse: ListPage {
  /// The `pathways`.
  public var items: [SafeMobility.Pathway] { pathways }
}

extension SafeMobility.ListReferralsRequest: ListRequest {
  /// See ``SafeMobility/ListReferralsResponse``.
  public typealias Page = SafeMobility.ListReferralsResponse
  /// ReferralService/ListReferrals.
  public static var method: MethodDescriptor { SafeMobility.ReferralServiceMethods.listReferrals }
}

extension SafeMobility.ListReferralsResponse: ListPage {
  /// The `referrals`.
  public var items: [SafeMobility.Referral] { referrals }
}

extension SafeMobility.ListPartnersRequest: ListRequest {
  /// See ``SafeMobility/ListPartnersResponse``.
  public typealias Page = SafeMobility.ListPartnersResponse
  /// PartnerService/ListPartners.
  public static var method: MethodDescriptor { SafeMobility.PartnerServiceMethods.listPartners }
}

extension SafeMobility.ListPartnersResponse: ListPage {
  /// The `partners`.
  public var items: [SafeMobility.Partner] { partners }
}

extension SafeMobility.ListReportReleasesRequest: ListRequest {
  /// See ``SafeMobility/ListReportReleasesResponse``.
  public typealias Page = SafeMobility.ListReportReleasesResponse
  /// ReportService/ListReportReleases.
  public static var method: MethodDescriptor {
    SafeMobility.ReportServiceMethods.listReportReleases
  }
}

extension SafeMobility.ListReportReleasesResponse: ListPage {
  /// The `report_releases`.
  public var items: [SafeMobility.ReportRelease] { reportReleases }
}

extension SafeMobility.ListEntriesRequest: ListRequest {
  /// See ``SafeMobility/ListEntriesResponse``.
  public typealias Page = SafeMobility.ListEntriesResponse
  /// AuditService/ListEntries.
  public static var method: MethodDescriptor { SafeMobility.AuditServiceMethods.listEntries }
}

extension SafeMobility.ListEntriesResponse: ListPage {
  /// The `entries`.
  public var items: [SafeMobility.AuditEntry] { entries }
}
